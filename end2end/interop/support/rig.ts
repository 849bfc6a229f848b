// One run of the interop tests with one provider: the provider, the release binary as the provider's page configures it,
// and the APIs. Lives as long as the worker; every test starts the binary again, with an empty store.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts, Process } from '../../support/process.ts';
import { Proxy, type Exchange } from '../../support/proxy.ts';
import { Api } from './api.ts';
import type { Provider, Registered } from './provider.ts';
import { SCRATCH } from './server.ts';

const BINARY = process.env.CLAIMCHECK_BIN ?? fileURLToPath(new URL('../../../target/release/claimcheck', import.meta.url));

export class Rig {
  private process: Process | undefined;
  private earlierOutput = '';
  private store = 0;

  private constructor(
    readonly provider: Provider,
    /** Before the binary, on `localhost`: another site than the provider, on `127.0.0.1`. */
    readonly app: Proxy,
    readonly api: Api,
    readonly registered: Registered,
    private readonly folder: string,
    private readonly ports: { app: number; admin: number },
  ) {}

  static async start(startProvider: () => Promise<Provider>): Promise<Rig> {
    const folder = await mkdtemp(join(SCRATCH, 'claimcheck-interop-'));
    const [appPort = 0, admin = 0] = await freePorts(2);
    const app = await Proxy.start(appPort, { hostname: 'localhost' });
    const api = await Api.start();
    const provider = await startProvider();
    try {
      const registered = await provider.register({ app: app.origin, api: api.url('orders'), stock: api.url('stock') });
      const discovery = `${provider.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const { jwks_uri } = (await (await fetch(discovery)).json()) as { jwks_uri: string };
      api.accept('orders', provider.issuer, jwks_uri, registered.audience);
      if (registered.stock) api.accept('stock', provider.issuer, jwks_uri, registered.stock.audience);
      return new Rig(provider, app, api, registered, folder, { app: appPort, admin });
    } catch (error) {
      await provider.stop();
      throw error;
    }
  }

  /** Starts the binary with the settings of the page, more boards, and changes; ends the one before, and its sessions. */
  async serve({ boards = '', env = {} }: { boards?: string; env?: Record<string, string> } = {}): Promise<void> {
    this.store += 1;
    const settings = join(this.folder, 'claimcheck.toml');
    await writeFile(settings, `${this.registered.settings}\n${boards}`);
    await this.start({
      CLAIMCHECK_CONFIG: settings,
      CLAIMCHECK_LISTEN: `127.0.0.1:${this.ports.app}`,
      CLAIMCHECK_ADMIN_LISTEN: `127.0.0.1:${this.ports.admin}`,
      CLAIMCHECK_STORE: `sqlite:${join(this.folder, `${this.store}.db`)}`,
      CLAIMCHECK_SESSION_KEYS: randomBytes(32).toString('base64'),
      CLAIMCHECK_LOG: 'info,claimcheck=debug',
      CLAIMCHECK_SIGN_IN_RATE: '0',
      ...this.registered.env,
      ...env,
    });
  }

  /** Nothing of an earlier test is left at the provider, in the proxies or in the API. */
  async reset(): Promise<void> {
    await this.provider.reset();
    for (const proxy of [this.app, this.provider.proxy]) {
      await proxy.heal();
      proxy.forget();
    }
    this.api.forget();
  }

  /** The sessions that the binary knows, as `claimcheck sessions list` prints them. */
  async sessions(): Promise<number> {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, ...this.env };
    const { stdout } = await promisify(execFile)(BINARY, ['sessions', 'list', '--json'], { env });
    return stdout.split('\n').filter((line) => line.startsWith('{')).length;
  }

  /** Token requests of the app that the proxy before the provider saw, with this grant. */
  tokenRequests(grant: string): Exchange[] {
    return this.provider.proxy.exchanges.filter(({ form }) => form.grant_type === grant);
  }

  /** The newest refresh token that the provider gave to the app. */
  lastRefreshToken(): string {
    const answers = this.provider.proxy.exchanges.filter(({ form, status }) => form.grant_type && status === 200);
    const tokens = answers.map(({ body }) => (JSON.parse(body) as { refresh_token?: string }).refresh_token);
    return tokens.filter(Boolean).at(-1) ?? '';
  }

  /** The log of the binary since the test began. */
  log(): string {
    return this.process?.output ?? '';
  }

  output(): string {
    return `--- app\n${this.earlierOutput}${this.log()}\n--- ${this.provider.name}\n${this.provider.output()}`;
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    await this.provider.stop();
    await Promise.all([this.app.down(), this.api.stop()]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private env: Record<string, string> = {};

  private async start(env: Record<string, string>): Promise<void> {
    await this.process?.stop();
    this.env = env;
    this.process = new Process('app', BINARY, ['serve'], env);
    await this.process.answers(`${this.app.upstream}/health/ready`);
  }
}
