#!/usr/bin/env node
import { runCli } from './cli/cli.js';

// `bordergate list vpcs | head` closes our output early, which is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await runCli(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, env: process.env });
