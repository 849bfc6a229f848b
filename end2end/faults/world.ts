// What a scenario runs on: the provider and the API of the suite, a store, and one or more processes of the binary.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts, Process } from '../support/process.ts';
import { StoreServer, type Served } from '../support/stores.ts';
import { ownerOf } from '../support/sockets.ts';
import { boards, stockBoards } from './boards.ts';
import { Provider } from './provider.ts';

export const BINARY = process.env.CLAIMCHECK_BIN ?? fileURLToPath(new URL('../../target/release/claimcheck', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../figures/support/typescript.mjs', import.meta.url));
const API = fileURLToPath(new URL('api.ts', import.meta.url));
/** Runs a program of the suite with Node. */
export const NODE = ['--disable-warning=ExperimentalWarning', '--import', TYPESCRIPT];
/** A process has this long to become ready: a debug build of a busy machine needs seconds. */
const READY_MS = 60_000;

export type StoreKind = 'memory' | 'sqlite' | Served;

export interface Wanted {
  store?: StoreKind;
  /** The number of processes. */
  count?: number;
  accessTokenSecs?: number;
  /** The limit of open files of each process. */
  openFiles?: number;
  /** The folder of the SQLite file, if it is not the scenario's own. */
  databaseFolder?: string;
  settings?: Record<string, string>;
  /** The path of the public URL, if the app is not at the root of its origin. */
  path?: string;
  /** Whether there are the boards of the stock, with its API and token exchange. */
  hasStock?: boolean;
  /** Environment variables of one process. */
  envOf?: (index: number, folder: string) => Record<string, string>;
  /** What the shell runs before the program. */
  before?: string;
}

export interface App {
  readonly port: number;
  readonly adminPort: number;
  process: Process;
}

export class World {
  private constructor(
    private readonly wanted: Wanted,
    readonly apps: App[],
    readonly provider: Provider,
    readonly store: StoreServer | undefined,
    /** The file of the SQLite store. */
    readonly database: string,
    readonly folder: string,
    private readonly api: Process,
    private readonly env: Record<string, string>,
  ) {}

  static async start(wanted: Wanted = {}): Promise<World> {
    const { store: kind = 'sqlite', count = 1 } = wanted;
    const folder = await mkdtemp(join(tmpdir(), 'claimcheck-faults-'));
    const secret = randomBytes(16).toString('hex');
    const [first = 0, second = 0, ...ports] = await freePorts(2 + 2 * count);
    const provider = await Provider.start(secret, wanted.accessTokenSecs ?? 20);
    const api = new Process('api', process.execPath, [...NODE, API, String(first), String(second)], { FAULTS_SECRET: secret });
    const store = kind === 'postgres' || kind === 'redis' ? await StoreServer.start(kind) : undefined;
    const database = join(wanted.databaseFolder ?? folder, 'sessions.db');
    const config = join(folder, 'boards.toml');
    const secondApi = `http://127.0.0.1:${second}`;
    await writeFile(config, `${boards(secondApi)}${wanted.hasStock ? stockBoards(secondApi) : ''}`);
    const env = {
      ...provider.settings,
      CLAIMCHECK_PUBLIC_URL: `http://localhost:${ports[0]}${wanted.path ?? ''}`,
      CLAIMCHECK_API_URL: `http://127.0.0.1:${first}`,
      CLAIMCHECK_STORE: store?.fresh() ?? (kind === 'memory' ? 'memory:' : `sqlite:${database}`),
      CLAIMCHECK_SESSION_KEYS: randomBytes(32).toString('base64'),
      CLAIMCHECK_SIGN_IN_RATE: '0',
      CLAIMCHECK_CONFIG: config,
      ...wanted.settings,
    };
    const apps: App[] = [];
    const world = new World(wanted, apps, provider, store, database, folder, api, env);
    try {
      await api.answers(`http://127.0.0.1:${first}/health`);
      for (let index = 0; index < count; index++) {
        const [port = 0, adminPort = 0] = ports.slice(2 * index);
        apps.push({ port, adminPort, process: world.run(port, adminPort, wanted.envOf?.(index, folder)) });
      }
      for (const app of apps) await world.isReady(app);
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  get origin(): string {
    return `http://localhost:${this.apps[0]!.port}`;
  }

  /** The public URL, which addresses of pages are added to: the origin, and the path below it. */
  get url(): string {
    return this.env.CLAIMCHECK_PUBLIC_URL!;
  }

  /** The store, as in `CLAIMCHECK_STORE`. */
  get storeAddress(): string {
    return this.env.CLAIMCHECK_STORE!;
  }

  get app(): App {
    return this.apps[0]!;
  }

  /** The process that has the client's end of a connection. */
  appAt(port: number): App | undefined {
    const pid = ownerOf(port, this.apps.map(({ process }) => process.pid));
    return this.apps.find(({ process }) => process.pid === pid);
  }

  /** Starts a process in place of one that has ended. */
  async startAgain(app: App): Promise<void> {
    app.process = this.run(app.port, app.adminPort);
    await this.isReady(app);
  }

  /** What the API was asked to do: requests with their own key, and those whose key had come before. */
  async acts(): Promise<{ done: number; twice: number }> {
    const answer = await fetch(`${this.env.CLAIMCHECK_API_URL}/acts`);
    return (await answer.json()) as { done: number; twice: number };
  }

  /** Runs a command of the program with the settings of the first process, such as `sessions end`. */
  async command(...words: string[]): Promise<void> {
    const env = { PATH: process.env.PATH ?? '', ...this.env, CLAIMCHECK_ADMIN_LISTEN: `127.0.0.1:${this.app.adminPort}` };
    await promisify(execFile)(BINARY, words, { env });
  }

  output(): string {
    return this.apps.map(({ process }) => process.output).join('');
  }

  async stop(): Promise<void> {
    await Promise.all([this.api, ...this.apps.map(({ process }) => process)].map((process) => process.stop()));
    await this.provider.stop();
    await this.store?.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  private run(port: number, adminPort: number, changes: Record<string, string> = {}): Process {
    // A signal that is ignored here is ignored by the program, too: a file that may not grow is then an error, not a
    // crash, as on a full disk.
    const { openFiles, before = '' } = this.wanted;
    const limits = `trap '' XFSZ; ${openFiles ? `ulimit -n ${openFiles}; ` : ''}${before}exec "$0" "$@"`;
    return new Process(`app on ${port}`, 'bash', ['-c', limits, BINARY, 'serve'], {
      ...this.env,
      CLAIMCHECK_LISTEN: `127.0.0.1:${port}`,
      CLAIMCHECK_ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
      ...changes,
    });
  }

  private async isReady(app: App): Promise<void> {
    await app.process.answers(`http://127.0.0.1:${app.port}/health/ready`, [200], READY_MS);
  }
}
