// Stores for several processes: a PostgreSQL or Redis server of one's own, for as long as a test or a figure runs. How it
// is installed, started and cleaned up is in setup/store.sh, which obeys words on its standard input.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const SERVED = ['postgres', 'redis'] as const;
export type Served = (typeof SERVED)[number];

const SCRIPT = fileURLToPath(new URL('../../setup/store.sh', import.meta.url));
/** A server that starts again may have its journal to read first. */
const PATIENCE_MS = 60_000;

export class StoreServer {
  private databases = 0;

  private constructor(
    readonly kind: Served,
    /** Where the server is; with the database that it starts with. */
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
    // Its end is that of its standard input, which is ours: nothing is left behind whatever becomes of us.
    const reader: Interface = createInterface(script.stdout);
    const lines = reader[Symbol.asyncIterator]();
    const first = await within(lines.next(), `setup/store.sh ${kind}`, 10 * PATIENCE_MS);
    if (first.done) throw new Error(`setup/store.sh ${kind} started nothing\n${said}`);
    return new StoreServer(kind, first.value, script, lines, exited);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The address of a database that nobody has used yet. */
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

  /** Ends the server without a word. */
  async down(): Promise<void> {
    await this.tell('down', 'down');
  }

  /** Starts it again, where it was and with what it had. */
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
