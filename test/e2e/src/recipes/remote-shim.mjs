// Stands for ssh and scp (by the name it is called by) in a tutorial that is run: what is meant for a machine goes to the test, which knows it.
//   ssh [user@]machine command...        scp -r folder/. [user@]machine:/
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { basename, join, posix } from 'node:path';

function ask(machine, command, input) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = createConnection(process.env.REMOTE_SOCKET, () => socket.end(JSON.stringify({ machine: machine.replace(/^.*@/, ''), command, input: input.toString('base64') })));
    socket.setEncoding('utf8').on('data', (chunk) => (answer += chunk)).on('error', reject);
    socket.on('close', () => resolve(JSON.parse(answer)));
  });
}

async function remote(machine, command, input) {
  const { stdout, stderr, code } = await ask(machine, command, input);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (code !== 0) process.exit(code);
}

const filesBelow = (folder) => readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile());
const args = process.argv.slice(3);
if (basename(process.argv[2]) === 'ssh') await remote(args[0], args.slice(1).join(' '), readFileSync(0));
else {
  const [flag, folder, target] = args;
  const [machine, at] = target.split(':');
  if (flag !== '-r' || !folder.endsWith('/.') || !existsSync(folder) || !at) throw new Error(`not known here: scp ${args.join(' ')}`);
  for (const name of filesBelow(folder)) {
    const file = posix.join(at, name);
    const mode = (statSync(join(folder, name)).mode & 0o777).toString(8);
    // like scp: what is there keeps its owner and mode
    await remote(machine, `mkdir -p '${posix.dirname(file)}' && { [ -e '${file}' ] || install -m ${mode} /dev/null '${file}'; } && cat >'${file}'`, readFileSync(join(folder, name)));
  }
}
