// Load that runs as a process of its own, so that it does not slow the client that measures: the side that starts it.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { NODE } from './world.ts';

export interface Plan {
  kind:
    /** Connections that send nothing. */
    | 'idle'
    /** Connections whose head never ends: a header every two seconds. */
    | 'slow heads'
    /** The head of a POST, and nothing of its body. */
    | 'slow bodies'
    /** The same, a byte every two seconds. */
    | 'trickled bodies'
    /** Many requests for large files on one connection, of whose answers nothing is read. */
    | 'slow readers'
    /** Event streams, which are read. */
    | 'streams'
    /** Requests whose answers are read, one after the other on each connection. */
    | 'requests';
  port: number;
  /** The `Host` header. */
  host: string;
  /** Connections at the same time; one that ends is replaced. */
  count: number;
  /** The addresses that the connections come from, in turn. */
  from: string[];
  /** `Cookie` headers, in turn. */
  cookies?: string[];
  /** Paths, in turn. */
  paths?: string[];
}

export interface Counts {
  /** Connections that are open. */
  open: number;
  /** How connections ended and what was answered: a status, `closed`, `reset`, `refused`. */
  ends: Record<string, number>;
}

const ATTACKER = fileURLToPath(new URL('attacker.ts', import.meta.url));

export class Attack {
  private constructor(private readonly child: ChildProcess) {
    process.once('exit', this.kill);
  }

  /** Begins; returns when the first connections are being made. */
  static async start(plan: Plan): Promise<Attack> {
    const child = fork(ATTACKER, [JSON.stringify(plan)], { execArgv: NODE, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () => reject(new Error('the load did not start')));
    });
    return new Attack(child);
  }

  /** The counts until now. */
  async counts(): Promise<Counts> {
    const answer = new Promise<Counts>((resolve, reject) => {
      this.child.once('message', (message) => resolve(message as Counts));
      this.child.once('exit', () => reject(new Error('the load ended by itself')));
    });
    this.child.send('counts');
    return answer;
  }

  /** Closes all connections. */
  async stop(): Promise<Counts> {
    const counts = await this.counts();
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.kill();
    await ended;
    process.off('exit', this.kill);
    return counts;
  }

  private readonly kill = (): void => {
    this.child.kill('SIGKILL');
  };
}

/** As a cell of the table. */
export function told({ ends }: Counts): string {
  return Object.entries(ends).sort(([, a], [, b]) => b - a).map(([what, times]) => `${times} ${what}`).join(', ') || 'none';
}

