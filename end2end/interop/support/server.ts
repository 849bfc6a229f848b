// A server of the interop tests as its own process group: the shell script that starts it, and what that starts. None of
// it outlives the run: the group is killed when the worker ends, and `setup/interop.sh` kills what a killed worker leaves.
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The folder of process ids that the script looks into when it ends, and then removes. */
const RUN = process.env.INTEROP_RUN;
/** Where servers and tests keep their folders. */
export const SCRATCH = RUN ?? tmpdir();
const KEPT_OUTPUT = 200_000;

export class Server {
  output = '';
  private child: ChildProcess | undefined;
  private exited: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly command: string,
    private readonly args: string[],
    private readonly env: Record<string, string>,
  ) {}

  /** Starts it unless it runs, and waits until `url` responds with 200. */
  async start(url: string, withinMs: number): Promise<void> {
    if (this.child) return;
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(this.command, this.args, {
      env: { PATH, HOME, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.child = child;
    const keep = (chunk: Buffer) => (this.output = (this.output + chunk).slice(-KEPT_OUTPUT));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let ended = false;
    this.exited = new Promise((resolve) => {
      const end = () => {
        ended = true;
        resolve();
      };
      child.once('exit', end);
      child.once('error', (error) => {
        this.output += String(error);
        end();
      });
    });
    process.once('exit', this.kill);
    if (RUN && child.pid) writeFileSync(join(RUN, `${child.pid}.pid`), this.name);

    const deadline = Date.now() + withinMs;
    for (;;) {
      const status = await fetch(url, { redirect: 'manual' }).then((answer) => answer.status, () => 0);
      if (status === 200) return;
      if (ended || Date.now() > deadline) {
        await this.stop();
        throw new Error(`${this.name} ${ended ? 'ended' : `was not ready within ${withinMs / 1_000} s`}\n${this.output}`);
      }
      await sleep(200);
    }
  }

  /** Asks it to stop, and kills the group after 20 seconds. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child) return;
    child.kill('SIGTERM');
    const timer = setTimeout(this.kill, 20_000);
    await this.exited;
    clearTimeout(timer);
    this.kill();
    process.off('exit', this.kill);
    if (RUN && child.pid) rmSync(join(RUN, `${child.pid}.pid`), { force: true });
    this.child = undefined;
  }

  private readonly kill = (): void => {
    try {
      if (this.child?.pid) process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // All of it has ended.
    }
  };
}
