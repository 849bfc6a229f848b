// What Auth0 does and AuthHero 0.162.0 does not: a proxy before AuthHero, at the address of the issuer. AuthHero's are the
// sign-in pages, its session and cookie, the codes, PKCE, nonce, the ID tokens with the claims of an Action, the keys, UserInfo,
// and `/v2/logout`. The proxy's are exactly these:
//
//  1. Discovery: `end_session_endpoint` and `backchannel_logout_supported`; no endpoints that do not exist.
//  2. The client is authenticated, by Basic or in the body as the application says: 401 `access_denied` "Unauthorized".
//     AuthHero takes a secret or a verifier, so the proxy checks the secret and AuthHero the verifier.
//  3. Refusals with Auth0's status and bodies: 403 `invalid_grant` for codes and refresh tokens, 403 `access_denied`
//     "Service not found" and 403 `unauthorized_client`. AuthHero says 403 with plain text.
//  4. Refresh tokens: none without *Allow Offline Access*; they rotate when that is on; reuse revokes all tokens of the sign-in,
//     `/oauth/revoke` and an administrator as well.
//  5. Access tokens are signed again, with AuthHero's key: lifetime, `aud` as a list with UserInfo, `azp`, `permissions`, and
//     the scopes that the API defines and the user has. `expires_in` and `scope` of the answer say the same.
//  6. No `audience`: an access token that is no JWT, for UserInfo only. Another `audience` at a refresh (multi-resource refresh
//     token): a token for that API. An unknown `audience`: `access_denied` "Service not found".
//  7. A live session signs in without a page (AuthHero asks "continue as"); `prompt=login` asks for credentials;
//     `prompt=consent` shows a consent, and a refusal is `access_denied`.
//  8. A login page older than the limit leads to the Application Login URI with `iss`, or to an error page without one.
//  9. `/oidc/logout`: the parameters of RP-Initiated Logout, a question if there is no hint, `state`. Both logout endpoints
//     compare whole URLs with the allow-list (AuthHero ignores ports), and show an error page for others.
// 10. Back-channel logout tokens, when an administrator ends the sessions of a user.
// 11. Fonts of another site are taken out of AuthHero's pages and style sheet.
import http from 'node:http';
import { consentPage, errorPage, logoutPage } from './pages.ts';
import { Tokens, type Reply } from './tokens.ts';

export interface ServerSettings {
  port: number;
  controlPort: number;
  /** With a slash at its end, as Auth0 has it. */
  issuer: string;
  /** The SQLite file. */
  file: string;
  clientId: string;
  clientSecret: string;
  callbacks: string[];
  logoutUrls: string[];
  rolesClaim: string;
  people: { username: string; name: string; email: string; password: string; roles: string[]; scopes: string[] }[];
}

export interface BoxSettings extends ServerSettings {
  /** Identifiers of the APIs, with the permissions that each defines. */
  apis: Record<string, string[]>;
  backChannelUri: string;
}

/** AuthHero, as the proxy uses it. */
export interface Upstream {
  /** `undefined` if it refuses. */
  token(form: Record<string, string>): Promise<object | undefined>;
  sign(claims: object, typ: string): Promise<string>;
  forget(refreshToken: string): Promise<void>;
}

const SESSION_COOKIE = /tenant-auth-token=([^;]+)/;
/** AuthHero writes the host into its cookie's domain, where a port has no place. */
const HOST = '127.0.0.1';
/** It takes the tenant of a token from the first part of the host. */
const TENANT_HOST = 'tenant.localhost';
const FONTS = /https:\/\/(?:assets|login2)\.sesamy\.com[^")]*/g;

export class Box {
  readonly tokens: Tokens;
  /** Seconds for which a new login page is good. */
  loginSecs = 3_600;
  /** *Application Login URI*; empty if there is none. */
  loginUri = '';
  asksConsent = true;
  /** *Allow Offline Access* of the API. */
  allowsOffline = true;
  /** *RP-Initiated Logout End Session Endpoint Discovery*. */
  discoversLogout = true;
  /** When each is over, by its `state`. */
  private readonly loginPages = new Map<string, number>();
  /** Redirects to the app that wait for a consent. */
  private readonly waiting = new Map<string, string>();
  /** Sign-ins that ask for a consent. */
  private readonly consents = new Set<string>();
  private readonly server = http.createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });

  private constructor(readonly settings: BoxSettings) {
    this.tokens = new Tokens(settings, {
      token: async (form) => {
        const headers = { host: TENANT_HOST, 'content-type': 'application/x-www-form-urlencoded' };
        const answer = await this.ask('POST', '/oauth/token', headers, new URLSearchParams(form).toString());
        const text = (await collect(answer)).toString();
        return answer.statusCode === 200 ? (JSON.parse(text) as object) : undefined;
      },
      sign: (claims, typ) => this.signed(claims, typ),
      forget: async (token) => void (await this.control('DELETE', `/refresh-tokens/${token}`)),
    });
  }

  static async start(port: number, settings: BoxSettings): Promise<Box> {
    const box = new Box(settings);
    await new Promise<void>((resolve) => box.server.listen(port, '127.0.0.1', resolve));
    return box;
  }

  /** *Rotate Secret* of the application. */
  set clientSecret(secret: string) {
    this.settings.clientSecret = secret;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Ends the sessions of a user, and tells the app (OpenID Connect Back-Channel Logout 1.0). */
  async endSessions(email: string): Promise<void> {
    const ended = (await this.control('DELETE', `/sessions/${email}`)) as { sid: string; sub: string }[];
    for (const { sid, sub } of ended) {
      const iat = Math.floor(Date.now() / 1_000);
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      const { issuer: iss, clientId: aud } = this.settings;
      const claims = { iss, aud, sub, sid, iat, exp: iat + 120, jti: `${sid}-${iat}`, events };
      const logout_token = await this.signed(claims, 'logout+jwt');
      const answer = await fetch(this.settings.backChannelUri, { method: 'POST', body: new URLSearchParams({ logout_token }) });
      if (!answer.ok) throw new Error(`the app answered a logout token with ${answer.status}`);
    }
  }

  /** No user has a session, and the app is not told. */
  async forgetSessions(): Promise<void> {
    await this.control('DELETE', '/sessions');
  }

  async rotateKeys(): Promise<void> {
    await this.control('POST', '/keys');
  }

  private async signed(claims: object, typ: string): Promise<string> {
    return ((await this.control('POST', '/sign', { claims, typ })) as { token: string }).token;
  }

  /** A request to AuthHero. */
  private ask(method: string, path: string, headers: http.OutgoingHttpHeaders, body?: Buffer | string): Promise<http.IncomingMessage> {
    const options = { host: '127.0.0.1', port: this.settings.port, path, method, headers, agent: false as const };
    return new Promise((resolve, reject) => {
      http.request(options, resolve).once('error', reject).end(body);
    });
  }

  private async control(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.settings.controlPort}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.settings.issuer);
    const body = await collect(request);
    const form = Object.fromEntries(new URLSearchParams(body.toString()));
    const reply = ({ status, body }: Reply) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(body && JSON.stringify(body));
    };
    const page: Page = (status, html) => void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    const go: Go = (location, headers = {}) => void response.writeHead(302, { location, ...headers }).end();

    if (url.pathname === '/oauth/token') return reply(await this.tokens.token(request.headers.authorization, form));
    if (url.pathname === '/oauth/revoke') return reply(await this.tokens.revoke(request.headers.authorization, form));
    if (url.pathname === '/oidc/logout' || url.pathname === '/v2/logout') {
      const asked = Object.fromEntries([...url.searchParams, ...Object.entries(form)]);
      return this.logOut(url.pathname, asked, request, page, go);
    }
    if (url.pathname === '/u/consent') {
      const id = url.searchParams.get('id') ?? '';
      const back = this.waiting.get(id);
      if (!back) return page(400, errorPage('invalid_request', 'This consent is over.'));
      if (request.method === 'GET') return page(200, consentPage());
      this.waiting.delete(id);
      if (form.action === 'accept') return go(back);
      return go(refused(back, 'access_denied', 'User did not authorize the request'));
    }
    if (url.pathname.startsWith('/u/') && this.isTooOld(url.searchParams.get('state'))) {
      if (this.loginUri) return go(`${this.loginUri}?${new URLSearchParams({ iss: this.settings.issuer })}`);
      return page(400, errorPage('invalid_request', 'The login page was open for too long.'));
    }
    if (url.pathname === '/authorize') {
      const audience = url.searchParams.get('audience');
      if (audience && !(audience in this.settings.apis)) {
        const state = url.searchParams.get('state') ?? '';
        const back = `${url.searchParams.get('redirect_uri')}?${new URLSearchParams({ state })}`;
        return go(refused(back, 'access_denied', `Service not found: ${audience}`));
      }
    }
    await this.forward(url, request, body, response);
  }

  /** To AuthHero and back. */
  private async forward(url: URL, request: http.IncomingMessage, body: Buffer, response: http.ServerResponse): Promise<void> {
    const prompt = url.searchParams.get('prompt')?.split(' ') ?? [];
    const headers = { ...request.headers };
    headers.host = url.pathname === '/userinfo' ? TENANT_HOST : HOST;
    delete headers['accept-encoding'];
    if (url.pathname === '/authorize') {
      if (prompt.includes('login')) delete headers.cookie;
      if (!this.allowsOffline) url.searchParams.set('scope', (url.searchParams.get('scope') ?? '').replace('offline_access', ''));
      const [, session] = SESSION_COOKIE.exec(headers.cookie ?? '') ?? [];
      const known = session ? ((await this.control('GET', `/sessions/${session}`)) as { email: string | null }).email : null;
      if (known && !url.searchParams.has('login_hint')) url.searchParams.set('login_hint', known);
    }
    if (url.pathname === '/userinfo' && headers.authorization) {
      headers.authorization = `Bearer ${this.tokens.forUserInfo(headers.authorization.replace(/^Bearer /i, ''))}`;
    }
    const { method = 'GET' } = request;
    const answer = await this.ask(method, url.pathname + url.search, headers, body);
    const passed = { ...answer.headers };
    delete passed['content-length'];
    delete passed['transfer-encoding'];
    delete passed.connection;

    if (passed.location) passed.location = this.onward(url, prompt, passed.location);
    let text: Buffer | string = await collect(answer);
    if (url.pathname === '/.well-known/openid-configuration') text = this.metadata(text.toString());
    if (/html|css/.test(passed['content-type'] ?? '')) text = text.toString().replace(FONTS, '');
    response.writeHead(answer.statusCode ?? 500, passed).end(text);
  }

  /** Where AuthHero's redirect leads: a new login page is remembered, and a consent comes before the way back to the app. */
  private onward(from: URL, prompt: string[], location: string): string {
    const to = new URL(location, this.settings.issuer);
    const login = to.searchParams.get('state') ?? '';
    const asked = from.pathname === '/authorize' && this.asksConsent && prompt.includes('consent');
    if (to.pathname.startsWith('/u/')) {
      if (from.pathname === '/authorize') this.loginPages.set(login, Date.now() + this.loginSecs * 1_000);
      if (asked) this.consents.add(login);
      return location;
    }
    if (!this.settings.callbacks.includes(to.origin + to.pathname)) return location;
    if (!asked && !this.consents.delete(from.searchParams.get('state') ?? '')) return location;
    const id = to.searchParams.get('code') ?? '';
    this.waiting.set(id, location);
    return `/u/consent?id=${encodeURIComponent(id)}`;
  }

  private isTooOld(login: string | null): boolean {
    return Date.now() > (this.loginPages.get(login ?? '') ?? Infinity);
  }

  private metadata(text: string): string {
    const { device_authorization_endpoint, mfa_challenge_endpoint, registration_endpoint, ...known } = JSON.parse(text) as Record<string, unknown>;
    const end_session_endpoint = `${this.settings.issuer}oidc/logout`;
    const more = this.discoversLogout ? { end_session_endpoint } : {};
    return JSON.stringify({ ...known, ...more, backchannel_logout_supported: true, backchannel_logout_session_supported: true });
  }

  /** Both logout endpoints: they end AuthHero's session by its own `/v2/logout`. */
  private async logOut(path: string, asked: Record<string, string>, request: http.IncomingMessage, page: Page, go: Go): Promise<void> {
    const { clientId, logoutUrls } = this.settings;
    const [name, back] = path === '/v2/logout' ? ['returnTo', asked.returnTo] : ['post_logout_redirect_uri', asked.post_logout_redirect_uri];
    if (back && !logoutUrls.includes(back)) {
      return page(400, errorPage('invalid_request', `The "${name}" parameter "${back}" is not one of the "Allowed Logout URLs".`));
    }
    const isSure = path === '/v2/logout' || asked.id_token_hint || asked.logout_hint || asked.sure;
    if (!isSure) return page(200, logoutPage(asked));
    const query = new URLSearchParams({ client_id: clientId, returnTo: logoutUrls[0] ?? '' });
    const headers = { host: HOST, cookie: request.headers.cookie ?? '' };
    const answer = await this.ask('GET', `/v2/logout?${query}`, headers);
    answer.resume();
    const cookies = { 'set-cookie': answer.headers['set-cookie'] ?? [] };
    if (!back) return page(200, errorPage('OK', 'You are signed out.'));
    const state = path === '/oidc/logout' && asked.state ? `?${new URLSearchParams({ state: asked.state })}` : '';
    go(back + state, cookies);
  }
}

type Page = (status: number, html: string) => void;
type Go = (location: string, headers?: http.OutgoingHttpHeaders) => void;

/** The way back with an error instead of a code. */
function refused(back: string, error: string, error_description: string): string {
  const url = new URL(back);
  url.searchParams.delete('code');
  url.searchParams.set('error', error);
  url.searchParams.set('error_description', error_description);
  return url.href;
}

async function collect(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
