// The APIs that the boards of the interop tests read: they accept an access token only after checking it themselves.
// `/orders` answers everybody, `/vault` demands a stronger sign-in (RFC 9470) unless `acr` of the token says so.
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** `acr` that `/vault` demands. */
export const STRONG = 'gold';

/** One request; `claims` are those of a token that was accepted. */
export interface Call {
  api: 'orders' | 'stock';
  path: string;
  status: number;
  claims: Record<string, unknown>;
  token: string;
}

interface Rules {
  jwksUri: string;
  issuer: string;
  audience: string;
}

type Key = JsonWebKey & { kid?: string };

export class Api {
  calls: Call[] = [];
  private readonly rules = new Map<string, Rules>();
  private readonly keys = new Map<string, Key>();
  private readonly server = http.createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  });

  static async start(): Promise<Api> {
    const api = new Api();
    await new Promise<void>((resolve) => api.server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  /** The base URL of an API. */
  url(api: Call['api']): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${api}/v1`;
  }

  /** What tokens for an API must say. The keys are those of the provider, fetched again for an unknown `kid`. */
  accept(api: Call['api'], issuer: string, jwksUri: string, audience: string): void {
    this.rules.set(api, { issuer, jwksUri, audience });
  }

  forget(): void {
    this.calls = [];
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const [, name = '', , ...rest] = new URL(request.url ?? '', 'http://api').pathname.split('/');
    const api = name as Call['api'];
    const path = `/${rest.join('/')}`;
    const token = request.headers.authorization?.replace(/^Bearer /i, '') ?? '';
    const call: Call = { api, path, status: 0, claims: {}, token };
    this.calls.push(call);
    const reply = (status: number, body: object, headers: Record<string, string> = {}) => {
      call.status = status;
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    const rules = this.rules.get(api);
    if (!rules) return reply(404, {});
    const checked = await this.check(token, rules);
    if (typeof checked === 'string') {
      return reply(401, { problem: checked }, { 'www-authenticate': `Bearer error="invalid_token", error_description="${checked}"` });
    }
    call.claims = checked;
    if (path === '/vault' && checked.acr !== STRONG) {
      const challenge = `Bearer error="insufficient_user_authentication", acr_values="${STRONG}"`;
      return reply(401, {}, { 'www-authenticate': challenge });
    }
    const user = String(checked.preferred_username ?? checked.sub ?? '');
    reply(200, { items: [{ id: `${api}-1`, user }, { id: `${api}-2`, user }] });
  }

  /** The claims of a good token, or what is wrong with it. */
  private async check(token: string, { jwksUri, issuer, audience }: Rules): Promise<Record<string, unknown> | string> {
    const parts = token.split('.');
    if (parts.length !== 3) return 'not a JWT';
    const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    if (header.alg !== 'RS256') return 'algorithm';
    if (!this.keys.has(header.kid)) {
      const { keys } = (await (await fetch(jwksUri)).json()) as { keys: Key[] };
      for (const key of keys) this.keys.set(key.kid ?? '', key);
    }
    const key = this.keys.get(header.kid);
    if (!key) return 'unknown key';
    const signed = Buffer.from(parts.slice(0, 2).join('.'));
    const isGenuine = verify('RSA-SHA256', signed, createPublicKey({ key, format: 'jwk' }), Buffer.from(parts[2]!, 'base64url'));
    if (!isGenuine) return 'signature';
    if (claims.iss !== issuer) return 'issuer';
    if (![claims.aud].flat().includes(audience)) return 'audience';
    if (!(Number(claims.exp) > Date.now() / 1_000)) return 'expired';
    return claims;
  }
}
