// Several processes of the app on one store with one set of keys, as behind a load balancer: each can be reached alone,
// killed, and given another time. Beside them the demo provider and the demo API.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts, Process } from './process.ts';
import { appProviderEnv, demoProviderEnv } from './providers.ts';
import { Proxy, type Exchange } from './proxy.ts';
import { ownerOf } from './sockets.ts';

const BINARY = process.env.CLAIMCHECK_BIN ?? fileURLToPath(new URL('../../target/release/claimcheck', import.meta.url));

export interface ReplicasWanted {
  /** As in `CLAIMCHECK_STORE`; without it, a SQLite file. */
  store?: string | undefined;
  /** The settings file with the boards. */
  config: string;
  accessTokenSecs: number;
  count: number;
  /** Settings of all of them. */
  settings?: Record<string, string>;
}

export interface Replica {
  readonly port: number;
  process: Process;
}

export class Replicas {
  private constructor(
    /** The public address, before the first one; its `route` can select another. */
    readonly app: Proxy,
    readonly provider: Proxy,
    readonly replicas: Replica[],
    private readonly run: (port: number, changes?: Record<string, string>) => Process,
    private readonly demo: Process,
    private readonly folder: string,
    private earlierOutput = '',
  ) {}

  static async start({ store, config, accessTokenSecs, count, settings }: ReplicasWanted): Promise<Replicas> {
    const folder = await mkdtemp(join(tmpdir(), 'claimcheck-replicas-'));
    const [providerPort = 0, apiPort = 0, ...ports] = await freePorts(2 + count);
    const app = await Proxy.start(ports[0]!, { hostname: 'localhost' });
    const provider = await Proxy.start(providerPort, { keepBodies: true });
    const issuer = provider.origin;
    const api = `http://127.0.0.1:${apiPort}`;
    const demo = new Process('demo', BINARY, ['demo', '--only', 'provider,api'], {
      ...demoProviderEnv('demo', { port: providerPort, issuer, clientUrl: app.origin, accessTokenSecs }),
      CLAIMCHECK_DEMO_API_LISTEN: `127.0.0.1:${apiPort}`,
      CLAIMCHECK_DEMO_API_ISSUER: issuer,
      CLAIMCHECK_DEMO_DATA: join(folder, 'demo'),
    });
    const common = {
      ...appProviderEnv('demo', issuer),
      CLAIMCHECK_PUBLIC_URL: app.origin,
      CLAIMCHECK_ADMIN_LISTEN: 'off',
      CLAIMCHECK_API_URL: api,
      CLAIMCHECK_STORE: store ?? `sqlite:${join(folder, 'claimcheck.db')}`,
      CLAIMCHECK_SESSION_KEYS: randomBytes(32).toString('base64'),
      CLAIMCHECK_SIGN_IN_RATE: '0',
      ...settings,
    };
    const run = (port: number, changes?: Record<string, string>) =>
      new Process(`app on ${port}`, BINARY, ['serve', '--config', config], {
        ...common,
        CLAIMCHECK_LISTEN: `127.0.0.1:${port}`,
        ...changes,
      });
    try {
      // If the app asked its provider too early, it would not retry for a while.
      await demo.answers(`${provider.upstream}/.well-known/openid-configuration`);
      await demo.answers(`${api}/orders`, [401]);
    } catch (error) {
      await demo.stop();
      throw error;
    }
    const replicas = ports.map((port) => ({ port, process: run(port) }));
    const all = new Replicas(app, provider, replicas, run, demo, folder);
    try {
      for (const replica of replicas) await all.ready(replica);
    } catch (error) {
      await all.stop();
      throw error;
    }
    return all;
  }

  /** The public address. */
  get origin(): string {
    return this.app.origin;
  }

  /** The process that sent the request. */
  whoAsked({ peer }: Exchange): Replica {
    const pid = ownerOf(peer, this.replicas.map(({ process }) => process.pid));
    const found = this.replicas.find(({ process }) => process.pid === pid);
    if (!found) throw new Error(`nobody is at port ${peer}`);
    return found;
  }

  /** Starts one again, and ends it first if it runs; settings are changed for that process only. */
  async restart(replica: Replica, changes?: Record<string, string>): Promise<void> {
    await replica.process.stop();
    this.earlierOutput += replica.process.output;
    replica.process = this.run(replica.port, changes);
    await this.ready(replica);
  }

  /** Refresh requests, including those that did not reach the provider. */
  refreshes(): Exchange[] {
    return this.provider.exchanges.filter(({ form }) => form.grant_type === 'refresh_token');
  }

  /** The log of all apps. */
  output(): string {
    return this.earlierOutput + this.replicas.map(({ process }) => process.output).join('');
  }

  async stop(): Promise<void> {
    await Promise.all([this.demo, ...this.replicas.map(({ process }) => process)].map((process) => process.stop()));
    await Promise.all([this.app, this.provider].map((proxy) => proxy.down()));
    await rm(this.folder, { recursive: true, force: true });
  }

  private async ready({ port, process }: Replica): Promise<void> {
    await process.answers(`http://127.0.0.1:${port}/health/ready`);
  }
}
