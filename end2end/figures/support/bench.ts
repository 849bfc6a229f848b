// The processes of a figure, each on a free port: provider, API and the release binary's `serve`. Unlike in the browser
// tests, there is no proxy before the app, and it logs as by default.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, Process } from '../../support/process.ts';
import { appProviderEnv, demoProviderEnv, startOidcProvider, type ProviderKind } from '../../support/providers.ts';
import { Proxy, type Exchange } from '../../support/proxy.ts';
import { BARE_BOARDS, startApi } from './bare.ts';
import { boards } from './pages.ts';
import { runUnder, type Runner } from './runner.ts';

/** The release binary. */
export const BINARY = process.env.CLAIMCHECK_BIN ?? fileURLToPath(new URL('../../../target/release/claimcheck', import.meta.url));

/** Another binary, such as one of an earlier commit, that is measured in the same run; none if it is not set. */
export const BEFORE = process.env.CLAIMCHECK_BEFORE;

export const STORES = ['memory', 'sqlite'] as const;
export type StoreKind = (typeof STORES)[number];

export interface Wanted {
  provider: ProviderKind;
  store: StoreKind | 'postgres' | 'redis';
  /** As in `CLAIMCHECK_STORE`, if the store is not created by this bench. */
  address?: string;
  accessTokenSecs?: number;
  /** The number of the app's boards, each with its own panel. */
  boards?: number;
  /** With the demo provider: the bare API and its boards instead of the demo's; `/slow` responds after that time. */
  bare?: { slowMs: number };
  /** The URL of an API that runs already, instead of the demo's. */
  api?: string;
  /** The binary of the app, if not the usual one. Its provider and API are always the usual ones. */
  binary?: string;
  /** The app's settings file, instead of a generated one. */
  config?: string;
  /** A program that runs the app, and its arguments. */
  under?: Runner;
}

export class Bench {
  private constructor(
    readonly wanted: Wanted,
    readonly origin: string,
    /** The URL of the API. */
    readonly api: string,
    /** The proxy before the provider: counts, and plays faults. */
    readonly provider: Proxy,
    readonly app: Process,
    /** The file of the SQLite store, if it is used. */
    readonly database: string | undefined,
    private readonly neighbours: Process[],
    private readonly folder: string,
  ) {}

  static async start(wanted: Wanted): Promise<Bench> {
    const folder = await mkdtemp(join(tmpdir(), 'claimcheck-figures-'));
    const [appPort, adminPort, providerPort, apiPort] = (await freePorts(4)) as [number, number, number, number];
    const origin = `http://localhost:${appPort}`;
    const provider = await Proxy.start(providerPort, { keepBodies: true });
    const issuer = provider.origin;
    const start = { port: providerPort, issuer, clientUrl: origin, accessTokenSecs: wanted.accessTokenSecs ?? 3600 };

    const isDemo = wanted.provider === 'demo';
    const parts = [...(isDemo ? ['provider'] : []), ...(wanted.bare || wanted.api ? [] : ['api'])];
    const demo = parts.length === 0 ? undefined : new Process('demo', BINARY, ['demo', '--only', parts.join(',')], {
      ...demoProviderEnv(wanted.provider, start),
      CLAIMCHECK_DEMO_API_LISTEN: `127.0.0.1:${apiPort}`,
      CLAIMCHECK_DEMO_API_ISSUER: issuer,
      CLAIMCHECK_DEMO_DATA: join(folder, 'demo'),
    });
    const api = wanted.bare ? startApi(apiPort, wanted.bare.slowMs) : demo;
    const apiOrigin = wanted.api ?? `http://127.0.0.1:${apiPort}`;
    const providing = (isDemo ? demo : undefined) ?? startOidcProvider(start);
    const neighbours = [...new Set([demo, api, providing])].filter((process) => process !== undefined);
    try {
      // If the app asked its provider too early, it would not retry for a while.
      await providing.answers(`${issuer}/.well-known/openid-configuration`);
      if (!wanted.api) await api?.answers(`${apiOrigin}/${wanted.bare ? 'rows' : 'orders'}`, [401]);
    } catch (error) {
      await Promise.all(neighbours.map((process) => process.stop()));
      throw error;
    }

    const config = wanted.config ?? (wanted.bare ? BARE_BOARDS : join(folder, 'boards.toml'));
    if (!wanted.config && !wanted.bare) await writeFile(config, boards(wanted.boards ?? 1));
    const database = wanted.store === 'sqlite' && !wanted.address ? join(folder, 'claimcheck.db') : undefined;
    const app = runUnder(wanted.under, 'app', wanted.binary ?? BINARY, ['serve', '--config', config], {
      ...appProviderEnv(wanted.provider, issuer),
      CLAIMCHECK_PUBLIC_URL: origin,
      CLAIMCHECK_LISTEN: `127.0.0.1:${appPort}`,
      CLAIMCHECK_ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
      CLAIMCHECK_API_URL: apiOrigin,
      CLAIMCHECK_STORE: wanted.address ?? (database ? `sqlite:${database}` : 'memory:'),
      CLAIMCHECK_SESSION_KEYS: randomBytes(32).toString('base64'),
      // Long figures must not lose sessions to the idle timeout or to further sign-ins of the same person, or be slowed
      // by a limit per address or person.
      CLAIMCHECK_IDLE_SECS: '43200',
      CLAIMCHECK_SESSIONS_PER_PERSON: '1000',
      CLAIMCHECK_SIGN_IN_RATE: '0',
      CLAIMCHECK_ACTION_RATE: '0',
    });

    const bench = new Bench(wanted, origin, apiOrigin, provider, app, database, neighbours, folder);
    try {
      await app.answers(`${origin}/health/ready`, [200], wanted.under?.readyMs);
    } catch (error) {
      await bench.stop();
      throw error;
    }
    provider.forget();
    return bench;
  }

  /** Refresh requests at the provider's token endpoint. */
  refreshes(): Exchange[] {
    return this.provider.exchanges.filter(({ form }) => form.grant_type === 'refresh_token');
  }

  /** The access token of the last sign-in. */
  accessToken(): string {
    const exchange = this.provider.exchanges.findLast(({ form, status }) => form.grant_type && status === 200);
    if (!exchange) throw new Error('nobody has signed in');
    return (JSON.parse(exchange.body) as { access_token: string }).access_token;
  }

  async stop(): Promise<void> {
    await Promise.all([this.app, ...this.neighbours].map((process) => process.stop()));
    await this.provider.down();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Runs `measure` on its own bench. */
export async function onBench<T>(wanted: Wanted, measure: (bench: Bench) => Promise<T>): Promise<T> {
  const bench = await Bench.start(wanted);
  try {
    return await measure(bench);
  } finally {
    await bench.stop();
  }
}
