// Auth0 in a box: AuthHero as its own process, and before it the proxy that adds what Auth0 does differently. The settings of
// Claimcheck are those of docs/providers/auth0.md, read from the page.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page } from '@playwright/test';
import { freePorts } from '../../support/process.ts';
import { Proxy } from '../../support/proxy.ts';
import { press } from '../../support/sign_in.ts';
import { Guide } from '../support/guide.ts';
import { ada, jonas, type Addresses, type Person, type Provider, type Registered } from '../support/provider.ts';
import { SCRATCH, Server } from '../support/server.ts';
import { Box, type BoxSettings } from './box.ts';
import packages from './package.json' with { type: 'json' };

const START_MS = 30_000;
/** Auth0 makes them of these characters. */
const SECRET = randomBytes(48).toString('base64url');
/** The page's examples. */
const AUDIENCE = 'https://api.example.com';
const STOCK_AUDIENCE = 'https://stock.example.com';
const ROLES_CLAIM = 'https://example.com/roles';
const DAY_SECS = 86_400;

export async function startAuth0(): Promise<Auth0> {
  const folder = await mkdtemp(join(SCRATCH, 'claimcheck-auth0-'));
  const ports = (await freePorts(3)) as [number, number, number];
  // The issuer is the address of this proxy, so it comes first.
  return new Auth0(await Proxy.start(ports[0], { keepBodies: true }), folder, ports);
}

export class Auth0 implements Provider {
  readonly name = `AuthHero ${packages.devDependencies.authhero} with a proxy`;
  readonly issuer: string;
  readonly lacks: Provider['lacks'] = {
    'step-up': 'AuthHero has no second factor, and Auth0 asks for one in an Action only',
    'login-timeout': 'Auth0 then uses the Application Login URI, which has a scenario in auth0/',
  };
  private server: Server | undefined;
  private running: Box | undefined;
  private clientOrigin = '';

  constructor(
    readonly proxy: Proxy,
    private readonly folder: string,
    private readonly ports: [number, number, number],
  ) {
    this.issuer = `${proxy.origin}/`;
  }

  /** The proxy that adds Auth0's behaviour, with the settings of the application and the tenant. */
  get box(): Box {
    if (!this.running) throw new Error('Auth0 in a box is not running');
    return this.running;
  }

  async register({ app, api, stock }: Addresses): Promise<Registered> {
    const [box, port, controlPort] = this.ports;
    this.clientOrigin = app;
    const guide = new Guide('auth0', {
      'https://dashboard.example.com': app,
      'https://TENANT.eu.auth0.com/': this.issuer,
      'https://api.example.com/v1': api,
      'https://stock.example.com/v1': stock,
    });
    const settings: BoxSettings = {
      port,
      controlPort,
      issuer: this.issuer,
      file: join(this.folder, 'auth0.db'),
      clientId: 'CLIENT_ID',
      clientSecret: SECRET,
      callbacks: [`${app}/auth/callback`],
      logoutUrls: [`${app}/`],
      rolesClaim: ROLES_CLAIM,
      people: [
        { ...ada, roles: ['finance'], scopes: ['orders:read', 'stock:read'] },
        { ...jonas, roles: [], scopes: ['orders:read'] },
      ],
      apis: { [AUDIENCE]: ['orders:read'], [STOCK_AUDIENCE]: ['stock:read'] },
      backChannelUri: `${app}/auth/back-channel-logout`,
    };
    const script = fileURLToPath(new URL('server.mjs', import.meta.url));
    this.server = new Server('authhero', process.execPath, [script], { AUTH0_SETTINGS: JSON.stringify(settings) });
    this.running = await Box.start(box, settings);
    await this.up();
    return {
      settings: guide.settings('Auth0') + guide.settings('Roles'),
      env: { CLAIMCHECK_CLIENT_SECRET: SECRET },
      audience: AUDIENCE,
      stock: { settings: guide.settings('Several APIs'), audience: STOCK_AUDIENCE },
    };
  }

  async reset(): Promise<void> {
    const { tokens } = this.box;
    Object.assign(tokens, { accessTokenSecs: DAY_SECS, rotates: false, authentication: 'basic', granted: 0, refused: 0, reused: 0 });
    const loginUri = `${this.clientOrigin}/auth/sign-in`;
    Object.assign(this.box, { loginSecs: 3_600, loginUri, discoversLogout: true, allowsOffline: true, clientSecret: SECRET });
    await this.box.forgetSessions();
  }

  async expectLogin(page: Page): Promise<void> {
    await expect(page.getByPlaceholder('Email address')).toBeVisible();
    expect(page.url().startsWith(this.proxy.origin)).toBe(true);
  }

  async signIn(page: Page, person: Person): Promise<void> {
    const email = page.getByPlaceholder('Email address');
    const password = page.getByPlaceholder('Password');
    // Its name ends with a character of an icon font.
    const submit = page.locator('#form button[type=submit]').first();
    const accept = page.getByRole('button', { name: 'Accept' });
    while (page.url().startsWith(this.proxy.origin)) {
      await expect(password.or(email).or(accept).first()).toBeVisible();
      if (await accept.isVisible()) {
        await press(accept);
      } else if (await password.isVisible()) {
        await password.fill(person.password);
        await press(submit);
      } else {
        await email.fill(person.email);
        await press(submit);
      }
    }
  }

  /** Auth0 shows no page of its own when there is a hint. */
  async passSignOut(page: Page): Promise<void> {
    await expect(page.getByRole('status').filter({ hasText: 'You’re signed out' })).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`^${this.clientOrigin}/`));
  }

  async setAccessTokenSecs(secs: number): Promise<void> {
    this.box.tokens.accessTokenSecs = secs;
  }

  async rotateRefreshTokens(): Promise<void> {
    this.box.tokens.rotates = true;
  }

  async refreshes(): Promise<{ granted: number; refused: number }> {
    const { granted, refused } = this.box.tokens;
    return { granted, refused };
  }

  async setLoginSecs(secs: number): Promise<void> {
    this.box.loginSecs = secs;
  }

  async endSessions(person: Person): Promise<void> {
    await this.box.endSessions(person.email);
  }

  async rotateKeys(): Promise<void> {
    await this.box.rotateKeys();
  }

  async down(): Promise<void> {
    await this.proxy.down();
    await this.server?.stop();
  }

  async up(): Promise<void> {
    await this.server?.start(`http://127.0.0.1:${this.ports[1]}/.well-known/openid-configuration`, START_MS);
    await this.proxy.up();
  }

  async stop(): Promise<void> {
    await this.proxy.down();
    await this.running?.stop();
    await this.server?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  output(): string {
    return this.server?.output ?? '';
  }
}
