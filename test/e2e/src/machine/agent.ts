import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { CommandError } from '../lab/exec.js';

interface Job {
  readonly script: string;
  readonly done: (stdout: string) => void;
  readonly failed: (error: Error) => void;
}

/** Programs start slowly under emulation, and much slower on a busy host. */
const PATIENCE_MS = 180_000;

/** The host's end of the machine's serial port: shell scripts in, what they said out. */
export class Agent {
  private readonly jobs = new Map<number, Job>();
  private last = 0;

  private constructor(private readonly socket: Socket) {}

  /** Waits until the machine has come up and says so. */
  static connect(socketPath: string, timeoutMs: number): Promise<Agent> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(socketPath);
      const agent = new Agent(socket);
      const late = setTimeout(() => {
        socket.destroy();
        reject(new Error(`the machine did not come up in ${timeoutMs} ms`));
      }, timeoutMs);
      socket.on('error', reject);
      socket.on('close', () => {
        for (const job of agent.jobs.values()) job.failed(new Error('the machine has gone'));
        reject(new Error('the machine has gone before it was up'));
      });
      createInterface({ input: socket }).on('line', (line) => {
        if (line !== 'ready') return agent.answer(line);
        clearTimeout(late);
        // It must not keep a test process alive that has forgotten to end its lab.
        socket.unref();
        resolve(agent);
      });
    });
  }

  /** Runs a shell script as root and returns its standard output; a status other than 0 is an error. */
  exec(script: string, timeoutMs = PATIENCE_MS): Promise<string> {
    this.last += 1;
    const number = this.last;
    return new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the machine took more than ${timeoutMs} ms for: ${script}`)), timeoutMs);
      const settle = <T>(then: (value: T) => void) => (value: T): void => {
        clearTimeout(late);
        this.jobs.delete(number);
        then(value);
      };
      this.jobs.set(number, { script, done: settle(resolve), failed: settle(reject) });
      this.socket.write(`${number} ${Buffer.from(script).toString('base64')}\n`);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private answer(line: string): void {
    // An empty output is an empty word.
    const [number, code, stdout = '', stderr = ''] = line.split(' ');
    const job = this.jobs.get(Number(number));
    if (job === undefined) return; // its caller has lost patience
    const text = (base64: string): string => Buffer.from(base64, 'base64').toString();
    if (code === '0') job.done(text(stdout));
    else job.failed(new CommandError(['in the machine:', job.script], Number(code), text(stdout), text(stderr)));
  }
}
