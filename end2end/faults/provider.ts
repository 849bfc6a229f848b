// A provider for thousands of people: it signs in anyone whom the client names in `person`, without a page. Its refresh
// tokens are valid once (rotation): a second use ends the grant, so that a lost token is seen as a lost session.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessToken, personOf } from './access_token.ts';

const CLIENT_ID = 'faults';
const CLIENT_SECRET = 'faults-secret';
const KID = 'faults';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

interface Grant {
  person: string;
  scope: string;
  /** The only refresh token that works. */
  refreshToken: string;
  /** When it was issued, in milliseconds of `performance.now()`. */
  rotatedAt: number;
  /** Claims of the ID token that stay the same. */
  claims: Record<string, unknown>;
  isEnded: boolean;
}

interface Code {
  grant: Grant;
  challenge: string;
  nonce: string;
}

export class Provider {
  /** How long the answer to a refresh takes. */
  refreshMs = 0;
  /** Lifetime of access tokens that are issued from now on. */
  accessTokenSecs: number;
  /** A spent refresh token is accepted for this long, as by providers with a reuse interval. */
  reuseMs = 0;
  signIns = 0;
  refreshes = 0;
  /** Refresh tokens that came a second time, each of which ended a grant. */
  reuses = 0;
  revocations = 0;
  /** Tokens that were exchanged for one of another API. */
  exchanges = 0;
  /** Called for each refresh that is granted, before the response is sent, with the port of the client. */
  onRefresh: ((peer: number) => Promise<void> | void) | undefined;
  private readonly codes = new Map<string, Code>();
  /** The provider's session of each person, the last one. */
  private readonly sids = new Map<string, string>();
  /** All refresh tokens ever issued. */
  private readonly issued = new Map<string, Grant>();
  private readonly key: KeyObject;
  private readonly jwk: Record<string, unknown>;
  private readonly server: http.Server;

  private constructor(private readonly secret: string, accessTokenSecs: number) {
    this.accessTokenSecs = accessTokenSecs;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.key = privateKey;
    this.jwk = { ...publicKey.export({ format: 'jwk' }), kid: KID, use: 'sig', alg: 'ES256' };
    this.server = http.createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  /** `secret` signs access tokens, and the API knows it. */
  static async start(secret: string, accessTokenSecs: number): Promise<Provider> {
    const provider = new Provider(secret, accessTokenSecs);
    await new Promise<void>((resolve) => provider.server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The app's settings for it. */
  get settings(): Record<string, string> {
    return {
      CLAIMCHECK_ISSUER: this.issuer,
      CLAIMCHECK_CLIENT_ID: CLIENT_ID,
      CLAIMCHECK_CLIENT_SECRET: CLIENT_SECRET,
      CLAIMCHECK_SCOPES: 'openid profile offline_access',
      CLAIMCHECK_ID_TOKEN_ALGS: 'ES256',
    };
  }

  /**
   * A logout token (OpenID Connect Back-Channel Logout 1.0): of the session in which the person signed in last, or of all
   * of that person's.
   */
  logoutToken(person: string, of: 'session' | 'person'): string {
    const now = Math.floor(Date.now() / 1_000);
    const what = of === 'person' ? { sub: person } : { sid: this.sidOf(person) };
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    return this.signed({ iss: this.issuer, aud: CLIENT_ID, iat: now, exp: now + 120, jti: randomBytes(12).toString('hex'), events, ...what }, 'logout+jwt');
  }

  /** The provider's session in which the person signed in last. */
  sidOf(person: string): string {
    return this.sids.get(person) ?? '';
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(value));
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return void json(this.metadata());
      case '/jwks':
        return void json({ keys: [this.jwk] });
      case '/authorize':
        return void response.writeHead(302, { location: this.authorize(url.searchParams) }).end();
      case '/token': {
        const form = new URLSearchParams(await text(request));
        const grant = form.get('grant_type');
        const answer =
          grant === 'refresh_token' ? await this.refresh(form, request.socket.remotePort ?? 0)
          : grant === EXCHANGE ? this.tokenFor(form)
          : this.exchange(form);
        return void (answer ? json(answer) : json({ error: 'invalid_grant' }, 400));
      }
      case '/revoke':
        await text(request);
        this.revocations += 1;
        return void response.writeHead(200).end();
      default:
        return void response.writeHead(404).end();
    }
  }

  private metadata(): Record<string, unknown> {
    const at = (path: string) => this.issuer + path;
    return {
      issuer: this.issuer,
      authorization_endpoint: at('/authorize'),
      token_endpoint: at('/token'),
      jwks_uri: at('/jwks'),
      revocation_endpoint: at('/revoke'),
      end_session_endpoint: at('/end'),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      grant_types_supported: ['authorization_code', 'refresh_token', EXCHANGE],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      authorization_response_iss_parameter_supported: true,
      scopes_supported: ['openid', 'profile', 'offline_access'],
    };
  }

  private authorize(query: URLSearchParams): string {
    const person = query.get('person') ?? 'nobody';
    const sid = randomBytes(12).toString('hex');
    this.sids.set(person, sid);
    const claims = {
      iss: this.issuer,
      sub: person,
      aud: CLIENT_ID,
      name: person,
      sid,
      auth_time: Math.floor(Date.now() / 1_000),
    };
    const grant = { person, scope: query.get('scope') ?? '', refreshToken: '', rotatedAt: 0, claims, isEnded: false };
    const code = randomBytes(16).toString('hex');
    this.codes.set(code, { grant, challenge: query.get('code_challenge') ?? '', nonce: query.get('nonce') ?? '' });
    const back = new URL(query.get('redirect_uri') ?? this.issuer);
    for (const [name, value] of Object.entries({ code, state: query.get('state') ?? '', iss: this.issuer })) {
      back.searchParams.set(name, value);
    }
    return back.href;
  }

  private exchange(form: URLSearchParams): Record<string, unknown> | undefined {
    const found = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (!found || found.challenge !== challenge) return undefined;
    this.signIns += 1;
    return this.tokens(found.grant, found.nonce);
  }

  /** Token exchange (RFC 8693): a token for another API in return for one of the first. */
  private tokenFor(form: URLSearchParams): Record<string, unknown> | undefined {
    const person = personOf(this.secret, form.get('subject_token') ?? '');
    if (!person) return undefined;
    this.exchanges += 1;
    const until = Math.floor(Date.now() / 1_000) + this.accessTokenSecs;
    return {
      access_token: accessToken(this.secret, person, until, form.get('audience') ?? ''),
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: this.accessTokenSecs,
    };
  }

  private async refresh(form: URLSearchParams, peer: number): Promise<Record<string, unknown> | undefined> {
    this.refreshes += 1;
    const token = form.get('refresh_token') ?? '';
    const grant = this.issued.get(token);
    if (!grant || grant.isEnded) return undefined;
    if (grant.refreshToken !== token && performance.now() - grant.rotatedAt > this.reuseMs) {
      this.reuses += 1;
      grant.isEnded = true;
      return undefined;
    }
    const answer = this.tokens(grant);
    await this.onRefresh?.(peer);
    if (this.refreshMs) await sleep(this.refreshMs);
    return answer;
  }

  private tokens(grant: Grant, nonce?: string): Record<string, unknown> {
    grant.refreshToken = randomBytes(24).toString('base64url');
    grant.rotatedAt = performance.now();
    this.issued.set(grant.refreshToken, grant);
    const now = Math.floor(Date.now() / 1_000);
    return {
      access_token: accessToken(this.secret, grant.person, now + this.accessTokenSecs),
      token_type: 'Bearer',
      expires_in: this.accessTokenSecs,
      refresh_token: grant.refreshToken,
      scope: grant.scope,
      id_token: this.signed({ ...grant.claims, iat: now, exp: now + 300, ...(nonce && { nonce }) }, 'JWT'),
    };
  }

  private signed(claims: Record<string, unknown>, typ: string): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'ES256', kid: KID, typ })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
}

async function text(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
