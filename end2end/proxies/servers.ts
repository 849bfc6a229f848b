// nginx and Caddy with the configurations of the book, and the app behind them.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Guide } from '../interop/support/guide.ts';
import { freePorts, Process } from '../support/process.ts';
import { appProviderEnv, demoProviderEnv } from '../support/providers.ts';
import type { Authority } from '../support/tls.ts';

export type ProxyKind = 'nginx' | 'caddy';

/** A configuration of the book. */
export interface Configuration {
  kind: ProxyKind;
  /** The page in `docs/operating/` and the heading above it. */
  page: 'proxy' | 'path';
  heading: string;
}

const BINARY = process.env.CLAIMCHECK_BIN ?? fileURLToPath(new URL('../../target/release/claimcheck', import.meta.url));
const BOARDS = new URL('../support/boards.toml', import.meta.url);
/** What the other application of the origin answers. */
export const THEIRS = 'another application';

/** The app with its provider and API; browsers reach it through a proxy at `port`. */
export class World {
  private constructor(
    readonly address: string,
    readonly port: number,
    readonly appPort: number,
    private readonly appEnv: Record<string, string>,
    private readonly processes: Process[],
    private readonly folder: string,
    private readonly authority: Authority,
  ) {}

  /** For this host name and path; the path is empty or such as `/dash`. */
  static async start(host: string, path: string, authority: Authority): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'claimcheck-proxies-'));
    const [port, appPort, adminPort, providerPort, apiPort] = (await freePorts(5)) as [number, number, number, number, number];
    const address = `https://${host}:${port}${path}`;
    const issuer = `http://127.0.0.1:${providerPort}`;
    const demo = new Process('demo', BINARY, ['demo', '--only', 'provider,api'], {
      ...demoProviderEnv('demo', { port: providerPort, issuer, clientUrl: address, accessTokenSecs: 600 }),
      CLAIMCHECK_DEMO_API_LISTEN: `127.0.0.1:${apiPort}`,
      CLAIMCHECK_DEMO_API_ISSUER: issuer,
      CLAIMCHECK_DEMO_DATA: join(folder, 'demo'),
    });
    const file = join(folder, 'claimcheck.toml');
    await writeFile(file, (await readFile(BOARDS, 'utf8')).replaceAll('API_ORIGIN', `http://127.0.0.1:${apiPort}`));
    const appEnv = {
      CLAIMCHECK_CONFIG: file,
      ...appProviderEnv('demo', issuer),
      CLAIMCHECK_PUBLIC_URL: address,
      CLAIMCHECK_LISTEN: `127.0.0.1:${appPort}`,
      CLAIMCHECK_ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
      CLAIMCHECK_API_URL: `http://127.0.0.1:${apiPort}`,
      CLAIMCHECK_STORE: `sqlite:${join(folder, 'claimcheck.db')}`,
      CLAIMCHECK_SESSION_KEYS: randomBytes(32).toString('base64'),
      CLAIMCHECK_TRUSTED_PROXIES: '127.0.0.1',
    };
    const processes = [demo];
    try {
      await demo.answers(`${issuer}/.well-known/openid-configuration`);
      const app = new Process('app', BINARY, ['serve'], appEnv);
      processes.push(app);
      await app.answers(`http://127.0.0.1:${appPort}/health/ready`);
    } catch (error) {
      await Promise.all(processes.map((process) => process.stop()));
      throw error;
    }
    return new World(address, port, appPort, appEnv, processes, folder, authority);
  }

  get path(): string {
    return new URL(this.address).pathname.replace(/\/$/, '');
  }

  get origin(): string {
    return new URL(this.address).origin;
  }

  /** Starts a proxy as the book configures it, with the addresses of this run. */
  async proxy({ kind, page, heading }: Configuration): Promise<Process> {
    const folder = await mkdtemp(join(this.folder, `${kind}-`));
    const theirs = join(folder, 'intranet');
    await mkdir(theirs);
    for (const name of ['index.html', 'boards', 'dashboard']) await writeFile(join(theirs, name), THEIRS);
    const file = (name: string) => join(folder, name);
    await writeFile(file('cert.pem'), this.authority.cert);
    await writeFile(file('key.pem'), this.authority.key, { mode: 0o600 });
    const { hostname } = new URL(this.address);
    const guide = new Guide(
      page,
      {
        '127.0.0.1:3000': `127.0.0.1:${this.appPort}`,
        '/srv/intranet': theirs,
        'listen 443 ssl': `listen 127.0.0.1:${this.port} ssl`,
        [`${hostname} {`]: `https://${hostname}:${this.port} {\n    bind 127.0.0.1\n    tls ${file('cert.pem')} ${file('key.pem')}`,
        '/etc/ssl/dashboard.pem': file('cert.pem'),
        '/etc/ssl/dashboard.key': file('key.pem'),
        '/etc/ssl/intranet.pem': file('cert.pem'),
        '/etc/ssl/intranet.key': file('key.pem'),
      },
      'operating',
    );
    const written = guide.configuration(heading);
    const proxy = kind === 'nginx' ? await startNginx(folder, written) : await startCaddy(folder, written);
    this.processes.push(proxy);
    return proxy;
  }

  /** Ends every session, as an operator. */
  async endSessions(): Promise<void> {
    const command = new Process('sessions end', BINARY, ['sessions', 'end', '--all', '--yes'], this.appEnv);
    await command.ended();
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Only what a configuration below `/etc/nginx/conf.d` finds around it; everything else are nginx's defaults. */
async function startNginx(folder: string, server: string): Promise<Process> {
  const isRoot = process.getuid?.() === 0;
  const conf = join(folder, 'nginx.conf');
  const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `    ${name}_temp_path ${join(folder, name)};`);
  await writeFile(
    conf,
    `${isRoot ? 'user root;\n' : ''}daemon off;\nworker_processes 1;\npid ${join(folder, 'nginx.pid')};\nerror_log stderr;\n` +
      `events {}\nhttp {\n    access_log off;\n    types { text/html html; }\n${own.join('\n')}\n${server}}\n`,
  );
  return new Process('nginx', 'nginx', ['-p', folder, '-c', conf], { PATH: `${process.env.PATH ?? ''}:/usr/sbin` });
}

async function startCaddy(folder: string, site: string): Promise<Process> {
  const file = join(folder, 'Caddyfile');
  await writeFile(file, `{\n    admin off\n    auto_https disable_redirects\n    skip_install_trust\n}\n${site}`);
  const home = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  return new Process('caddy', 'caddy', ['run', '--config', file, '--adapter', 'caddyfile'], home);
}
