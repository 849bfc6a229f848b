// The processes for a test, each on its own port: provider, API and app, each behind a proxy.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts, Process } from './process.ts';
import { appProviderEnv, demoProviderEnv, startOidcProvider, type ProviderKind } from './providers.ts';
import { Proxy, type Exchange, type Mount } from './proxy.ts';
import type { Authority } from './tls.ts';

const BINARY = process.env.CLAIMCHECK_BIN ?? fileURLToPath(new URL('../../target/release/claimcheck', import.meta.url));
const HERE = new URL('.', import.meta.url);

export class Stack {
  private constructor(
    readonly kind: ProviderKind,
    /** On `localhost`: another site than the provider, on `127.0.0.1`. */
    readonly app: Proxy,
    readonly provider: Proxy,
    readonly api: Proxy,
    private readonly folder: string,
    private readonly neighbours: Process[],
    private readonly appEnv: Record<string, string>,
    /** The authority of their certificate, if app and provider are behind TLS. */
    readonly authority: Authority | undefined,
    private appProcess: Process,
    private earlierOutput = '',
  ) {}

  static async start(
    kind: ProviderKind,
    accessTokenSecs: number,
    authority?: Authority,
    moreScopes = '',
    settings = 'boards.toml',
    mount?: Mount,
  ): Promise<Stack> {
    const folder = await mkdtemp(join(tmpdir(), 'claimcheck-e2e-'));
    const [appPort, adminPort, providerPort, apiPort] = (await freePorts(4)) as [number, number, number, number];
    const app = await Proxy.start(appPort, { hostname: 'localhost', keepBodies: true, tls: authority, mount });
    const provider = await Proxy.start(providerPort, { keepBodies: true, tls: authority });
    const api = await Proxy.start(apiPort);

    const providerStart = { port: providerPort, issuer: provider.origin, clientUrl: app.address, accessTokenSecs };
    const demo = new Process('demo', BINARY, ['demo', '--only', kind === 'demo' ? 'provider,api' : 'api'], {
      ...demoProviderEnv(kind, providerStart),
      CLAIMCHECK_DEMO_API_LISTEN: `127.0.0.1:${apiPort}`,
      CLAIMCHECK_DEMO_API_ISSUER: provider.origin,
      CLAIMCHECK_DEMO_DATA: join(folder, 'demo'),
      ...(authority && { CLAIMCHECK_DEMO_CA_FILE: authority.caFile }),
    });
    const neighbours = kind === 'demo' ? [demo] : [demo, startOidcProvider(providerStart)];
    try {
      // If the app asked its provider too early, it would not retry for a while.
      await neighbours.at(-1)?.answers(`http://127.0.0.1:${providerPort}/.well-known/openid-configuration`);
      await demo.answers(`${api.upstream}/orders`, [401]);
    } catch (error) {
      await Promise.all(neighbours.map((process) => process.stop()));
      throw error;
    }

    const file = join(folder, 'claimcheck.toml');
    const texts = await Promise.all(settings.split(' ').map((name) => readFile(new URL(name, HERE), 'utf8')));
    await writeFile(file, texts.join('\n').replaceAll('API_ORIGIN', api.origin));
    const appEnv = {
      CLAIMCHECK_CONFIG: file,
      ...appProviderEnv(kind, provider.origin, moreScopes),
      CLAIMCHECK_PUBLIC_URL: app.address,
      CLAIMCHECK_LISTEN: `127.0.0.1:${appPort}`,
      CLAIMCHECK_ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
      CLAIMCHECK_API_URL: api.origin,
      CLAIMCHECK_STORE: `sqlite:${join(folder, 'claimcheck.db')}`,
      CLAIMCHECK_SESSION_KEYS: randomBytes(32).toString('base64'),
      // As much as possible: the log must not contain secrets at any level.
      CLAIMCHECK_LOG: 'debug,claimcheck=trace',
      ...(authority && { CLAIMCHECK_CA_FILE: authority.caFile }),
      // Without it, nothing is sent on loopback.
      ...(authority && { CLAIMCHECK_HSTS: 'max-age=31536000' }),
      ...((authority || mount) && { CLAIMCHECK_TRUSTED_PROXIES: '127.0.0.1' }),
    };
    const stack = new Stack(kind, app, provider, api, folder, neighbours, appEnv, authority, startApp(appEnv));
    try {
      await stack.ready();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** The public URL of the app, without a slash at the end. */
  get address(): string {
    return this.app.address;
  }

  /** Stops the app's process and starts another on the same store; settings and flags are for that one only. */
  async restart(changes?: Record<string, string>, ...flags: string[]): Promise<void> {
    await this.appProcess.stop();
    this.earlierOutput += this.appProcess.output;
    this.appProcess = startApp({ ...this.appEnv, ...changes }, flags);
    await this.ready();
  }

  /** Changes the app's settings file. */
  async rewrite(change: (text: string) => string): Promise<void> {
    const file = this.appEnv.CLAIMCHECK_CONFIG!;
    await writeFile(file, change(await readFile(file, 'utf8')));
  }

  /** Runs `claimcheck sessions` with these arguments on the app's machine; returns its output. */
  async operate(verb: 'list' | 'end', ...words: string[]): Promise<string> {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, ...this.appEnv };
    const { stdout } = await promisify(execFile)(BINARY, ['sessions', verb, ...words], { env });
    return stdout;
  }

  /** Removes faults and recorded exchanges. */
  async reset(): Promise<void> {
    for (const proxy of [this.app, this.provider, this.api]) {
      await proxy.heal();
      proxy.forget();
    }
  }

  /** Refresh requests at the provider. */
  refreshes(): number {
    return this.provider.count(isRefresh);
  }

  /** Refreshes that the provider refused, as when a rotated token is used twice. */
  refusedRefreshes(): number {
    return this.provider.count((exchange) => isRefresh(exchange) && exchange.status >= 400);
  }

  /** All secrets exchanged between app and provider: tokens, verifiers. */
  secrets(): string[] {
    return this.provider.exchanges
      .filter(({ form }) => form.grant_type)
      .flatMap(({ form, body }) => {
        const { access_token, refresh_token, id_token } = body.startsWith('{') ? JSON.parse(body) : {};
        return [access_token, refresh_token, id_token, form.code_verifier].filter(Boolean);
      });
  }

  appOutput(): string {
    return this.earlierOutput + this.appProcess.output;
  }

  output(): string {
    return [...this.neighbours, this.appProcess].map(({ name, output }) => `--- ${name}\n${output}`).join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all([this.appProcess, ...this.neighbours].map((process) => process.stop()));
    await Promise.all([this.app, this.provider, this.api].map((proxy) => proxy.down()));
    await rm(this.folder, { recursive: true, force: true });
  }

  private async ready(): Promise<void> {
    await this.appProcess.answers(`${this.app.upstream}/health/ready`);
  }
}

function startApp(env: Record<string, string>, flags: string[] = []): Process {
  return new Process('app', BINARY, ['serve', ...flags], env);
}

function isRefresh({ form }: Exchange): boolean {
  return form.grant_type === 'refresh_token';
}
