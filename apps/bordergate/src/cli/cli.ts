import { Command, CommanderError, Option, type Argument } from 'commander';
import { ApiError, UnreachableError } from './api.js';
import { addClientCommands } from './client-commands.js';
import { contextOf } from './context.js';
import { addExplainCommand } from './explain-command.js';
import { UsageError, type CliIo } from './io.js';
import { addParkedCommands } from './parked-commands.js';
import { addResourceCommands, LISTS, withCollectionOfUpdate } from './resource-commands.js';
import { addSettingsCommands } from './settings-commands.js';
import { addMetricsCommands } from './metrics-commands.js';
import { addRoutingCommands, addStateCommands, addTunnelCommands } from './tunnel-commands.js';

const EXIT = { ok: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/**
 * The command line: all of it goes through the REST API, so whatever it can do a program can do.
 * Resolves with the exit code: 0, 1 refused by the server, 2 bad usage, 3 nobody answers.
 */
export async function runCli(argv: string[], io: CliIo): Promise<number> {
  try {
    await programOf(io).parseAsync(withCollectionOfUpdate(argv), { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage; // it has said why itself
    if (error instanceof UsageError) return told(io, error, EXIT.usage);
    if (error instanceof ApiError) return told(io, error, EXIT.refused);
    if (error instanceof UnreachableError) return told(io, error, EXIT.unreachable);
    throw error;
  }
}

/** What there is to say: each command with its own commands, or with the words for what it lists. */
export function cliWords(): ReadonlyMap<string, ReadonlySet<string>> {
  const silent = { write: () => undefined };
  return new Map(programOf({ stdout: silent, stderr: silent, env: {} }).commands.map((command) => [
    command.name(), new Set(command.name() === 'list' ? LISTS.flatMap(({ words }) => [...words]) : command.commands.flatMap((own) => [own.name(), ...own.aliases()])),
  ]));
}

function told(io: CliIo, error: Error, code: number): number {
  io.stderr.write(`${error.message}\n`);
  return code;
}

const nameOf = (argument: Argument): string => `${argument.name()}${argument.variadic ? '...' : ''}`;

function programOf(io: CliIo): Command {
  const program = new Command('bordergate')
    .description('site-to-site IPsec VPN: gateways, connections, tunnels and their routes')
    .exitOverride()
    .configureOutput({ writeOut: (text) => void io.stdout.write(text), writeErr: (text) => void io.stderr.write(text) })
    // Aliases are for hands that know them; help names the one canonical form.
    .configureHelp({
      subcommandTerm: (command) => `${command.name()}${command.registeredArguments.map((argument) => (argument.required ? ` <${nameOf(argument)}>` : ` [${nameOf(argument)}]`)).join('')}`,
      commandUsage: (command) => {
        const names: string[] = [];
        for (let c: Command | null = command; c; c = c.parent) names.unshift(c.name());
        return `${names.join(' ')} ${command.usage()}`;
      },
      showGlobalOptions: true,
    })
    .addOption(new Option('--url <url>', 'address of the API, else BORDERGATE_URL').default(io.env.BORDERGATE_URL || 'http://127.0.0.1:8480'))
    .addOption(new Option('--region <region>', 'region, else BORDERGATE_REGION').default(io.env.BORDERGATE_REGION || 'region-1'))
    .addOption(new Option('-o, --output <format>', 'table for people, json for programs').choices(['table', 'json']).default('table'));
  const context = () => contextOf(program, io);
  addResourceCommands(program, context);
  addTunnelCommands(program, context);
  addRoutingCommands(program, context);
  addMetricsCommands(program, context);
  addExplainCommand(program, context);
  addStateCommands(program, context);
  addClientCommands(program, context);
  addSettingsCommands(program, context);
  addParkedCommands(program, context);
  return program;
}
