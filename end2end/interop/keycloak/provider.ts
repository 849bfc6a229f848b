// Keycloak, set up as docs/providers/keycloak.md says. `setup/interop.sh` unpacks it and names its folder in
// `INTEROP_KEYCLOAK`, its version in `INTEROP_KEYCLOAK_VERSION`.
import type { Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../support/process.ts';
import { Proxy } from '../../support/proxy.ts';
import { Guide, runCommands } from '../support/guide.ts';
import { ada, jonas, type Addresses, type Person, type Provider, type Registered } from '../support/provider.ts';
import { SCRATCH, Server } from '../support/server.ts';
import { Admin } from './admin.ts';
import { expectLogin, logIn } from './login.ts';

const START_MS = 120_000;
const REALM = 'example';
/** The audience of the API, as the page writes it. */
const AUDIENCE = 'https://api.example.com';
/** Shared by the user's authenticator app and Keycloak. */
export const OTP_SECRET = 'interop-one-time-codes';
/** The user's authenticator app, as Keycloak stores it. */
const CODE = {
  type: 'otp',
  secretData: JSON.stringify({ value: OTP_SECRET }),
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, period: 30, algorithm: 'HmacSHA1' }),
};
/** The realm as every test finds it: Keycloak's defaults, except that all events are kept. */
const REALM_SETTINGS = {
  eventsEnabled: true,
  enabledEventTypes: ['LOGIN', 'LOGIN_ERROR', 'LOGOUT', 'CODE_TO_TOKEN', 'REFRESH_TOKEN', 'REFRESH_TOKEN_ERROR', 'TOKEN_EXCHANGE', 'TOKEN_EXCHANGE_ERROR'],
  accessTokenLifespan: 300,
  revokeRefreshToken: false,
  refreshTokenMaxReuse: 0,
  accessCodeLifespanLogin: 1_800,
  ssoSessionMaxLifespan: 36_000,
};

export async function startKeycloak(): Promise<Keycloak> {
  const home = process.env.INTEROP_KEYCLOAK;
  if (!home) throw new Error('INTEROP_KEYCLOAK is not set: run `make interop`');
  const folder = await mkdtemp(join(SCRATCH, 'claimcheck-keycloak-'));
  const [port = 0] = await freePorts(1);
  const proxy = await Proxy.start(port, { keepBodies: true });
  const keycloak = new Keycloak(home, folder, port, proxy);
  await keycloak.up();
  return keycloak;
}

export class Keycloak implements Provider {
  readonly name = `Keycloak ${process.env.INTEROP_KEYCLOAK_VERSION ?? ''}`.trim();
  readonly issuer: string;
  readonly lacks = {};
  readonly admin: Admin;
  private guide: Guide | undefined;
  private readonly server: Server;
  private readonly password = randomBytes(16).toString('hex');
  /** Shell variables that later commands of the page use. */
  private variables: Record<string, string> = {};

  constructor(
    private readonly home: string,
    private readonly folder: string,
    private readonly port: number,
    readonly proxy: Proxy,
  ) {
    this.issuer = `${proxy.origin}/realms/${REALM}`;
    this.admin = new Admin(`http://127.0.0.1:${port}`, REALM, this.password);
    const options = [
      '--http-enabled=true',
      '--http-host=127.0.0.1',
      `--http-port=${port}`,
      `--hostname=${proxy.origin}`,
      '--cache=local',
      `--db-url=jdbc:h2:file:${join(folder, 'keycloak')};NON_KEYWORDS=VALUE;DB_CLOSE_ON_EXIT=FALSE`,
    ];
    this.server = new Server(this.name, join(home, 'bin', 'kc.sh'), ['start', '--optimized', ...options], {
      JAVA_OPTS_KC_HEAP: '-Xms128m -Xmx512m',
      JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1',
      KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
      KC_BOOTSTRAP_ADMIN_PASSWORD: this.password,
    });
  }

  async register({ app, api, stock }: Addresses): Promise<Registered> {
    this.guide = new Guide('keycloak', {
      'https://dashboard.example.com': app,
      'https://id.example.com': this.proxy.origin,
      'https://api.example.com/v1': api,
      'https://stock.example.com/v1': stock,
    });
    this.guide.mustName(this.name);
    await this.admin.createRealm();
    await this.admin.realmIs(REALM_SETTINGS);
    for (const person of [ada, jonas]) await this.createUser(person);
    // Its first request is in the shell's own words, without the password that it would ask for.
    await this.run('Keycloak');
    const printed = await this.run('Create the client');
    const { value } = JSON.parse(printed.slice(printed.indexOf('{'))) as { value: string };
    await this.run('Access tokens for your API');
    await this.run('Roles');
    await this.run('A second API');
    return {
      settings: this.guide.settings('Keycloak') + this.guide.settings('Roles'),
      env: { CLAIMCHECK_CLIENT_SECRET: value },
      audience: AUDIENCE,
      stock: { settings: this.guide.settings('A second API'), audience: 'stock-api' },
    };
  }

  async reset(): Promise<void> {
    await this.up();
    await this.admin.realmIs(REALM_SETTINGS);
    for (const person of [ada, jonas]) await this.endSessions(person);
    await this.admin.delete('/events');
  }

  /** Runs the commands of a section of the page. */
  async run(heading: string): Promise<string> {
    if (!this.guide) throw new Error('the client is not registered yet');
    const ends = '\nprintf "%s\\n" "--variables" "CLIENT=${CLIENT:-}"';
    const printed = await runCommands(this.guide.commands(heading) + ends, {
      PATH: `${join(this.home, 'bin')}:${process.env.PATH}`,
      // kcadm.sh keeps its login below the home folder that Java knows.
      KC_OPTS: `-Duser.home=${this.folder} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC`,
      KC_CLI_PASSWORD: this.password,
      ...this.variables,
    });
    const [said = '', variables = ''] = printed.split('--variables\n');
    for (const line of variables.split('\n').filter(Boolean)) {
      const at = line.indexOf('=');
      this.variables[line.slice(0, at)] = line.slice(at + 1);
    }
    return said;
  }

  /** The settings of a section of the page. */
  settings(heading: string): string {
    return this.guide?.settings(heading) ?? '';
  }

  /** The client's id in the admin API. */
  get client(): string {
    return this.variables.CLIENT ?? '';
  }

  expectLogin(page: Page): Promise<void> {
    return expectLogin(page);
  }

  signIn(page: Page, person: Person): Promise<void> {
    return logIn(page, person);
  }

  async passSignOut(page: Page): Promise<void> {
    // With an ID token as hint, Keycloak asks nothing.
    await page.getByRole('status').filter({ hasText: 'You’re signed out' }).waitFor();
  }

  async setAccessTokenSecs(secs: number): Promise<void> {
    await this.admin.realmIs({ accessTokenLifespan: secs });
  }

  async rotateRefreshTokens(): Promise<void> {
    await this.run('Refresh tokens');
  }

  async refreshes(): Promise<{ granted: number; refused: number }> {
    const [granted, refused] = await Promise.all([this.admin.events('REFRESH_TOKEN'), this.admin.events('REFRESH_TOKEN_ERROR')]);
    return { granted: granted.length, refused: refused.length };
  }

  /** Changes members of the client, and leaves the others. */
  async changeClient(changes: object): Promise<void> {
    const client = await this.admin.get<{ attributes: object }>(`/clients/${this.client}`);
    await this.admin.put(`/clients/${this.client}`, { ...client, ...changes });
  }

  async setLoginSecs(secs: number): Promise<void> {
    await this.admin.realmIs({ accessCodeLifespanLogin: secs });
  }

  async endSessions(person: Person): Promise<void> {
    await this.admin.post(`/users/${await this.admin.userId(person.username)}/logout`);
  }

  async rotateKeys(): Promise<void> {
    const { id } = await this.admin.get<{ id: string }>('');
    await this.admin.post('/components', {
      name: `key ${randomBytes(4).toString('hex')}`,
      providerId: 'rsa-generated',
      providerType: 'org.keycloak.keys.KeyProvider',
      parentId: id,
      // Above the keys so far, so that it becomes the active one.
      config: { priority: [String(Math.floor(Date.now() / 1_000))], algorithm: ['RS256'], keySize: ['2048'] },
    });
  }

  async down(): Promise<void> {
    await this.proxy.down();
    await this.server.stop();
  }

  async up(): Promise<void> {
    await this.server.start(`http://127.0.0.1:${this.port}/realms/master`, START_MS);
    this.admin.forgetToken();
    await this.proxy.up();
  }

  async stop(): Promise<void> {
    await this.proxy.down();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  output(): string {
    return this.server.output.slice(-20_000);
  }

  /** With a one-time code if `hasCode`: Keycloak's default flow then always asks for it. */
  async createUser({ username, name, email, password }: Person, hasCode = false): Promise<void> {
    const [firstName = '', lastName = ''] = name.split(' ');
    await this.admin.post('/users', {
      username,
      firstName,
      lastName,
      email,
      emailVerified: true,
      enabled: true,
      credentials: [
        { type: 'password', value: password, temporary: false },
        ...(hasCode ? [CODE] : []),
      ],
    });
  }
}
