// Refresh tokens, access tokens and their refusals as Auth0 has them; see the list in box.ts.
import { randomBytes } from 'node:crypto';
import type { BoxSettings, Upstream } from './box.ts';

export interface Reply {
  status: number;
  body?: object;
}

interface Answer {
  access_token: string;
  id_token?: string;
  refresh_token?: string;
}

/** All refresh tokens of one sign-in: Auth0 revokes them together. */
interface Family {
  /** AuthHero's refresh token, which it never rotates. */
  upstream: string;
  /** The only one that is good while rotation is on. */
  current: string;
  isRevoked: boolean;
  /** What the sign-in asked for; another audience needs a multi-resource refresh token. */
  audience: string;
}

type Claims = Record<string, unknown> & { aud: string; sub: string; scope: string };

const OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access'];
const UNKNOWN_TOKEN = 'Unknown or invalid refresh token.';
/** `aud` that AuthHero writes where nobody asked for an audience. */
const NO_AUDIENCE = 'default';

export class Tokens {
  accessTokenSecs = 86_400;
  rotates = false;
  /** *Authentication Method* of the application. */
  authentication: 'basic' | 'post' = 'basic';
  /** As the tenant's log counts them: `sertft` and `fertft`, of which `ferrt` is a reuse. */
  granted = 0;
  refused = 0;
  reused = 0;
  private readonly families = new Map<string, Family>();
  /** Tokens that are no JWT, for UserInfo only, with what AuthHero made. */
  private readonly opaque = new Map<string, string>();

  constructor(
    private readonly settings: BoxSettings,
    private readonly upstream: Upstream,
  ) {}

  /** The token endpoint. */
  async token(authorization: string | undefined, form: Record<string, string>): Promise<Reply> {
    if (!this.isClient(authorization, form)) return { status: 401, body: { error: 'access_denied', error_description: 'Unauthorized' } };
    if (form.grant_type === 'authorization_code') return this.code(form);
    if (form.grant_type === 'refresh_token') {
      const reply = await this.refresh(form);
      if (reply.status === 200) this.granted += 1;
      else this.refused += 1;
      return reply;
    }
    const error_description = `Grant type '${form.grant_type}' not allowed for the client.`;
    return { status: 403, body: { error: 'unauthorized_client', error_description } };
  }

  /** `/oauth/revoke`: the whole grant. The answer is the same for unknown tokens (RFC 7009). */
  async revoke(authorization: string | undefined, form: Record<string, string>): Promise<Reply> {
    if (!this.isClient(authorization, form)) return { status: 401, body: { error: 'invalid_client', error_description: 'Unauthorized' } };
    const family = this.families.get(form.token ?? '');
    if (family) await this.end(family);
    return { status: 200 };
  }

  /** As an administrator does it for a user's grants: every refresh token so far is unknown. */
  forget(): void {
    this.families.clear();
  }

  /** The token that AuthHero's UserInfo endpoint knows. */
  forUserInfo(token: string): string {
    return this.opaque.get(token) ?? token;
  }

  private isClient(authorization: string | undefined, form: Record<string, string>): boolean {
    const { clientId, clientSecret } = this.settings;
    if (this.authentication === 'post') return !authorization && form.client_id === clientId && form.client_secret === clientSecret;
    const [id = '', secret = ''] = Buffer.from((authorization ?? '').replace(/^Basic /i, ''), 'base64').toString().split(':');
    return decodeURIComponent(id) === clientId && decodeURIComponent(secret) === clientSecret;
  }

  private async code({ code = '', redirect_uri = '', code_verifier = '' }: Record<string, string>): Promise<Reply> {
    // AuthHero accepts the secret or the verifier, not both.
    const { clientId } = this.settings;
    const form = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri, code_verifier };
    const answer = await this.upstream.token(form);
    if (!answer) return invalidGrant('Invalid authorization code');
    return this.finish(answer as unknown as Answer, undefined);
  }

  private async refresh({ refresh_token = '', audience, scope }: Record<string, string>): Promise<Reply> {
    const family = this.families.get(refresh_token);
    if (!family || family.isRevoked) return invalidGrant(UNKNOWN_TOKEN);
    if (this.rotates && family.current !== refresh_token) {
      this.reused += 1;
      await this.end(family);
      return invalidGrant(UNKNOWN_TOKEN);
    }
    if (audience && !(audience in this.settings.apis)) {
      return { status: 403, body: { error: 'access_denied', error_description: `Service not found: ${audience}` } };
    }
    // Before anything else can happen: two requests with one token are a reuse, however close they are.
    if (this.rotates) this.give(family);
    const form = { grant_type: 'refresh_token', client_id: this.settings.clientId, refresh_token: family.upstream };
    const answer = await this.upstream.token(form);
    if (!answer) return invalidGrant(UNKNOWN_TOKEN);
    return this.finish(answer as unknown as Answer, family, audience, scope);
  }

  /** Auth0's answer from AuthHero's. */
  private async finish(answer: Answer, known: Family | undefined, audience?: string, scope?: string): Promise<Reply> {
    const claims = decoded(answer.access_token);
    let family = known;
    if (!family && answer.refresh_token) {
      family = { upstream: answer.refresh_token, current: '', isRevoked: false, audience: claims.aud };
      this.give(family);
    }
    const target = audience ?? claims.aud;
    const granted = this.scopesFor(claims, target, scope, target !== (family?.audience ?? claims.aud));
    const body = {
      access_token: target === NO_AUDIENCE ? this.asOpaque(answer.access_token) : await this.accessToken(claims, target, granted),
      ...(family && (this.rotates || !known) && { refresh_token: family.current }),
      ...(answer.id_token && { id_token: answer.id_token }),
      scope: granted.join(' '),
      expires_in: this.accessTokenSecs,
      token_type: 'Bearer',
    };
    return { status: 200, body };
  }

  /** Those that the API defines and the user has (RBAC). A further API gets all of its own without `scope`. */
  private scopesFor({ scope: signedInWith, sub }: Claims, audience: string, scope: string | undefined, isFurther: boolean): string[] {
    const ofApi = this.settings.apis[audience] ?? [];
    const asked = (scope ?? signedInWith).split(' ');
    const wanted = isFurther && !scope ? [...asked, ...ofApi] : asked;
    const ofUser = this.settings.people.find(({ username }) => sub.endsWith(`|${username}`))?.scopes ?? [];
    return [...new Set(wanted)].filter((name) => OIDC_SCOPES.includes(name) || (ofApi.includes(name) && ofUser.includes(name)));
  }

  private async accessToken(claims: Claims, audience: string, scopes: string[]): Promise<string> {
    const { issuer, clientId } = this.settings;
    const iat = Math.floor(Date.now() / 1_000);
    const aud = scopes.includes('openid') ? [audience, `${issuer}userinfo`] : audience;
    const permissions = scopes.filter((name) => !OIDC_SCOPES.includes(name));
    const own = { aud, iat, exp: iat + this.accessTokenSecs, azp: clientId, scope: scopes.join(' '), permissions };
    return this.upstream.sign({ ...claims, ...own }, 'JWT');
  }

  private asOpaque(token: string): string {
    const name = randomBytes(24).toString('base64url');
    this.opaque.set(name, token);
    return name;
  }

  /** A new refresh token of the family, which is then the current one. */
  private give(family: Family): void {
    family.current = `v1.${randomBytes(32).toString('base64url')}`;
    this.families.set(family.current, family);
  }

  private async end(family: Family): Promise<void> {
    family.isRevoked = true;
    await this.upstream.forget(family.upstream);
  }
}

function invalidGrant(error_description: string): Reply {
  return { status: 403, body: { error: 'invalid_grant', error_description } };
}

function decoded(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}
