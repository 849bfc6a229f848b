// Stores for several processes: a separate PostgreSQL or Redis server, for as long as a test or a figure runs.
// setup/store.sh installs, starts and removes it; it executes commands from its standard input.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const SERVED = ['postgres', 'redis'] as const;
export type Served = (typeof SERVED)[number];

const SCRIPT = fileURLToPath(new URL('../../setup/store.sh', import.meta.url));
/** A server that starts again may have to read its journal first. */
const PATIENCE_MS = 60_000;

export class StoreServer {
  private databases = 0;

  private constructor(
    readonly kind: Served,
    /** The URL of the server, with its initial database. */
    readonly url: string,
    private readonly script: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    private readonly exited: Promise<void>,
  ) {}

  static async start(kind: Served): Promise<StoreServer> {
    const script = spawn(SCRIPT, [kind], { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    script.stderr.on('data', (chunk: Buffer) => (said += chunk));
    const exited = new Promise<void>((resolve) => script.once('close', () => resolve()).once('error', () => resolve()));
    // It ends with its standard input, which is ours: nothing is left behind, however this process ends.
    const reader: Interface = createInterface(script.stdout);
    const lines = reader[Symbol.asyncIterator]();
    const first = await within(lines.next(), `setup/store.sh ${kind}`, 10 * PATIENCE_MS);
    if (first.done) throw new Error(`setup/store.sh ${kind} started nothing\n${said}`);
    return new StoreServer(kind, first.value, script, lines, exited);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The URL of a new database. */
  fresh(): string {
    const address = new URL(this.url);
    this.databases += 1;
    if (this.kind === 'postgres') {
      execFileSync('psql', ['--no-psqlrc', '--quiet', '--command', `CREATE DATABASE fresh_${this.databases}`, this.url], QUIET);
      address.pathname = `/fresh_${this.databases}`;
    } else {
      address.pathname = `/${this.databases}`;
    }
    return address.href;
  }

  /** Kills the server. */
  async down(): Promise<void> {
    await this.tell('down', 'down');
  }

  /** Starts it again, at the same address and with its data. */
  async up(): Promise<void> {
    await this.tell('up', 'up');
  }

  async end(): Promise<void> {
    this.script.stdin?.end();
    await this.exited;
  }

  private async tell(word: string, answer: string): Promise<void> {
    this.script.stdin?.write(`${word}\n`);
    const { value } = await within(this.lines.next(), `${this.kind}: ${word}`, PATIENCE_MS);
    if (value !== answer) throw new Error(`${this.kind}: ${word} was answered with ${value}`);
  }
}

const QUIET = { stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };

async function within<T>(what: Promise<T>, name: string, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} did not answer in time`)), ms);
  });
  return Promise.race([what, late]).finally(() => clearTimeout(timer));
}
