// Child processes of a stack: their output is kept, and none outlives the worker.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export class Process {
  output = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;

  /** Passes on only `env` and the search paths: settings of the developer's shell must not change a test. */
  constructor(readonly name: string, command: string, args: string[], env: Record<string, string>) {
    const { PATH = '', HOME = '' } = process.env;
    this.child = spawn(command, args, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer) => (this.output += chunk);
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    this.exited = new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.once('error', (error) => {
        this.output += String(error);
        resolve();
      });
    });
    process.once('exit', this.kill);
  }

  get pid(): number {
    if (!this.child.pid) throw new Error(`${this.name} did not start\n${this.output}`);
    return this.child.pid;
  }

  /** Neither exited nor killed. */
  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits until `url` responds with one of `statuses`; fails with the output if the process ends or time is up. */
  async answers(url: string, statuses: number[] = [200], withinMs = 45_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    let ended = false;
    void this.exited.then(() => (ended = true));
    for (;;) {
      const status = await fetch(url, { redirect: 'manual' }).then((answer) => answer.status, () => 0);
      if (statuses.includes(status)) return;
      if (ended || Date.now() > deadline) {
        throw new Error(`${this.name} ${ended ? 'ended' : `gave ${status || 'no answer'}`} before ${url} was ready\n${this.output}`);
      }
      await sleep(50);
    }
  }

  /** Waits until it has ended by itself. */
  ended(): Promise<void> {
    return this.exited;
  }

  /** Asks it to stop, and kills it after that time. */
  async stop(withinMs = 3_000): Promise<void> {
    this.child.kill('SIGTERM');
    const timer = setTimeout(this.kill, withinMs);
    await this.exited;
    clearTimeout(timer);
    process.off('exit', this.kill);
  }

  /** Kills it, like a failing machine. */
  async crash(): Promise<void> {
    this.kill();
    await this.exited;
    process.off('exit', this.kill);
  }

  private readonly kill = (): void => {
    this.child.kill('SIGKILL');
  };
}

/**
 * Loopback ports that were free a moment ago, below the range that systems assign automatically: so no connection and no
 * server on an automatic port can take them before they are used.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(10_240, 32_768);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
