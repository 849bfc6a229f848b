// The configured npm provider, tested with a relying party of thirty lines, without Claimcheck.
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { axeViolations, Guard } from '../support/guard.ts';
import { freePorts, type Process } from '../support/process.ts';
import { ada, appProviderEnv, jonas, mei, startOidcProvider, WAREHOUSE } from '../support/providers.ts';
import { Proxy } from '../support/proxy.ts';
import { codeField, enterCode, enterCredentials, passProvider, passSignOut, press, refuse, signInButton } from '../support/sign_in.ts';
import type { Stack } from '../support/stack.ts';

const TTL = 2;
const PASSWORD_ACR = 'urn:harbour:acr:password';
const SECOND_FACTOR_ACR = 'urn:harbour:acr:second-factor';
let client: http.Server;
let clientOrigin: string;
let provider: Process;
let proxy: Proxy;
/** The parts of a stack that the drivers need. */
let stack: Stack;
let idToken = '';
let logoutTokens: string[] = [];

/** The query of the sign-out at the provider, as in an attribute. */
function endSession(): string {
  const query = { id_token_hint: idToken, client_id: 'claimcheck-e2e', post_logout_redirect_uri: `${clientOrigin}/` };
  return String(new URLSearchParams(query)).replaceAll('&', '&amp;');
}

test.beforeAll(async () => {
  client = http.createServer((request, response) => {
    if (request.method === 'POST') {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => logoutTokens.push(new URLSearchParams(body).get('logout_token') ?? ''));
    }
    const pages: Record<string, string> = {
      '/': '<h1>Home</h1><p role="status">You&rsquo;re signed out</p>',
      '/auth/callback': '<h1>Landed</h1>',
      '/sign-out': `<h1>Signing out</h1><a href="${proxy.origin}/session/end?${endSession()}">Continue</a>`,
    };
    response.setHeader('content-type', 'text/html');
    response.end(`<html lang="en"><title>Client</title>${pages[new URL(request.url ?? '', clientOrigin).pathname] ?? ''}`);
  });
  await new Promise<void>((resolve) => client.listen(0, '127.0.0.1', resolve));
  clientOrigin = `http://localhost:${(client.address() as AddressInfo).port}`;
  const [port] = (await freePorts(1)) as [number];
  proxy = await Proxy.start(port, { keepBodies: true });
  provider = startOidcProvider({ port, issuer: proxy.origin, clientUrl: clientOrigin, accessTokenSecs: TTL });
  await provider.answers(`${proxy.origin}/.well-known/openid-configuration`);
  stack = { kind: 'oidc-provider', provider: proxy, app: { origin: clientOrigin }, address: clientOrigin } as unknown as Stack;
});

test.afterAll(async () => {
  await provider.stop();
  await proxy.down();
  client.close();
});

test('discovery speaks of the proxy as the issuer', async () => {
  const metadata = await (await fetch(`${proxy.origin}/.well-known/openid-configuration`)).json();
  expect(metadata.issuer).toBe(proxy.origin);
  expect(metadata.token_endpoint).toBe(`${proxy.origin}/token`);
  expect(metadata.end_session_endpoint).toBe(`${proxy.origin}/session/end`);
  expect(metadata.authorization_response_iss_parameter_supported).toBe(true);
  expect(metadata.code_challenge_methods_supported).toEqual(['S256']);
});

test('asks for PKCE', async () => {
  const url = new URL(authorization(''));
  url.searchParams.delete('code_challenge');
  url.searchParams.delete('code_challenge_method');
  const answer = await fetch(url, { redirect: 'manual' });
  expect(answer.headers.get('location')).toContain('error=invalid_request');
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(`with scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    test.use({ javaScriptEnabled });

    test('signs in, refreshes once per token, signs out', async ({ context, page }) => {
      const guard = await guarded(context);
      const tokens = await signIn(page, javaScriptEnabled);

      expect(payload(tokens.id_token)).toMatchObject({
        iss: proxy.origin,
        aud: 'claimcheck-e2e',
        nonce: 'n-0123456789abcdef',
        name: ada.name,
        email: ada.email,
        department: 'Finance',
        roles: ['orders:manager', 'finance'],
      });
      expect(header(tokens.id_token)).toMatchObject({ alg: 'RS256' });
      expect(header(tokens.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'RS256' });
      const access = payload(tokens.access_token);
      expect(access).toMatchObject({
        iss: proxy.origin,
        aud: 'https://orders.demo.example',
        client_id: 'claimcheck-e2e',
        scope: 'orders:read reports:read payouts:write',
        roles: ['orders:manager', 'finance'],
      });
      expect(access.exp - access.iat).toBe(TTL);

      const second = await token(refresh(tokens.refresh_token));
      expect(second.status).toBe(200);
      expect(second.json.refresh_token).not.toBe(tokens.refresh_token);
      expect(header(second.json.access_token).typ).toBe('at+jwt');
      expect(payload(second.json.id_token).name).toBe(ada.name);
      const third = await token(refresh(second.json.refresh_token));
      expect(third.status).toBe(200);

      idToken = tokens.id_token;
      logoutTokens = [];
      await page.goto(`${clientOrigin}/sign-out`);
      await press(page.getByRole('link', { name: 'Continue' }));
      await passSignOut(page, stack);
      await expect.poll(() => logoutTokens).toHaveLength(1);
      expect(header(logoutTokens[0]!)).toMatchObject({ alg: 'RS256', typ: 'logout+jwt' });
      const { sub, sid } = payload(tokens.id_token);
      expect(payload(logoutTokens[0]!)).toMatchObject({ aud: 'claimcheck-e2e', sub, sid: sid ?? 'none' });
      expect((await context.cookies(proxy.origin)).filter(({ name }) => name.startsWith('_session'))).toEqual([]);
      await page.goto(authorization(pkce().challenge));
      await expect(signInButton(page)).toBeVisible();
      expect(guard.problems).toEqual([]);
    });

    test('a refresh token used twice ends its whole family', async ({ page }) => {
      const tokens = await signIn(page, javaScriptEnabled);
      const second = await token(refresh(tokens.refresh_token));
      expect((await token(refresh(tokens.refresh_token))).json).toMatchObject({ error: 'invalid_grant' });
      expect((await token(refresh(second.json.refresh_token))).json).toMatchObject({ error: 'invalid_grant' });
    });

    test('cancel and deny come back as errors with state and issuer', async ({ context, page }) => {
      const guard = await guarded(context);
      await page.goto(authorization(pkce().challenge));
      await refuse(page, 'Cancel');
      const expected = { error: 'access_denied', state: 'the-state', iss: proxy.origin };
      expect(query(page)).toMatchObject({ ...expected, error_description: 'The sign-in was cancelled' });

      await page.goto(authorization(pkce().challenge));
      await enterCredentials(page, stack, jonas);
      await refuse(page, 'Deny');
      expect(query(page)).toMatchObject({ ...expected, error_description: 'Access was not allowed' });
      expect(guard.problems).toEqual([]);
    });

    test('tells whoever may not read reports apart', async ({ page }) => {
      const { verifier, challenge } = pkce();
      await page.goto(authorization(challenge));
      await passProvider(page, stack, jonas);
      const { json } = await token(codeGrant(page, verifier));
      expect(payload(json.access_token).scope).toBe('orders:read');
    });

    test('asks for a one-time code where a stronger sign-in is wished, and says so in the tokens', async ({ page }) => {
      const weak = await signIn(page, javaScriptEnabled);
      expect(payload(weak.access_token)).toMatchObject({ acr: PASSWORD_ACR, amr: ['pwd'] });
      // Its ID tokens contain only the requested claims.
      expect(payload(weak.id_token).acr).toBeUndefined();
      const { verifier, challenge } = pkce();
      const wish = { acr_values: `urn:unknown ${SECOND_FACTOR_ACR}` };
      await page.goto(authorization(challenge, { ...wish, prompt: 'none' }));
      expect(query(page)).toMatchObject({ error: 'login_required' });

      await page.goto(authorization(challenge, wish));
      await expect(codeField(page)).toBeFocused();
      expect(await axeViolations(page, javaScriptEnabled)).toEqual([]);
      await enterCode(page, '000000');
      await expect(page.getByRole('alert')).toHaveText('This is not the code.');
      await passProvider(page, stack, ada);
      const strong = (await token(codeGrant(page, verifier))).json;
      const later = (await token(refresh(strong.refresh_token))).json;
      const { auth_time } = payload(strong.access_token);
      expect(auth_time).toBeGreaterThanOrEqual(payload(weak.access_token).auth_time);
      for (const { id_token, access_token } of [strong, later]) {
        expect(payload(id_token).acr).toBe(SECOND_FACTOR_ACR);
        expect(payload(access_token)).toMatchObject({ acr: SECOND_FACTOR_ACR, amr: ['pwd', 'otp'], auth_time });
      }
      await page.goto(authorization(pkce().challenge, wish));
      await expect(page.getByRole('button', { name: 'Allow' })).toBeVisible();
    });

    test('begins with the password where the sign-in is too old', async ({ page }) => {
      await signIn(page, javaScriptEnabled);
      const { verifier, challenge } = pkce();
      await page.goto(authorization(challenge, { acr_values: SECOND_FACTOR_ACR, max_age: '0' }));
      await expect(signInButton(page)).toBeVisible();
      await passProvider(page, stack, ada);
      const { json } = await token(codeGrant(page, verifier));
      const { auth_time } = payload(json.access_token);
      expect(payload(json.id_token)).toMatchObject({ acr: SECOND_FACTOR_ACR, auth_time });
    });

    test('gives an access token for each API that was named', async ({ page }) => {
      const { CLAIMCHECK_RESOURCE: orders = '' } = appProviderEnv('oidc-provider', proxy.origin);
      const scope = 'openid offline_access orders:read orders:ship deliveries:read deliveries:receive';
      const { verifier, challenge } = pkce();
      await page.goto(`${authorization(challenge, { scope })}&resource=${encodeURIComponent(WAREHOUSE)}`);
      await passProvider(page, stack, mei);
      const first = (await token(codeGrant(page, verifier))).json;
      expect(payload(first.access_token)).toMatchObject({ aud: orders, scope: 'orders:read orders:ship' });
      const second = (await token({ ...refresh(first.refresh_token), resource: WAREHOUSE })).json;
      expect(payload(second.access_token)).toMatchObject({ aud: WAREHOUSE, scope: 'deliveries:read deliveries:receive' });
      const third = (await token(refresh(second.refresh_token))).json;
      expect(payload(third.access_token)).toMatchObject({ aud: orders });
      const unknown = await token({ ...refresh(third.refresh_token), resource: 'https://other.example' });
      expect(unknown.json).toMatchObject({ error: 'invalid_target' });
    });
  });
}

async function guarded(context: BrowserContext): Promise<Guard> {
  const guard = new Guard();
  await guard.watch(context);
  return guard;
}

async function signIn(page: Page, scripts: boolean): Promise<Record<string, string> & Tokens> {
  const { verifier, challenge } = pkce();
  await page.goto(authorization(challenge));
  expect(await axeViolations(page, scripts)).toEqual([]);
  await enterCredentials(page, stack, ada);
  expect(await axeViolations(page, scripts)).toEqual([]);
  await passProvider(page, stack, ada);
  expect(query(page)).toMatchObject({ state: 'the-state', iss: proxy.origin });
  const { status, json } = await token(codeGrant(page, verifier));
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

interface Tokens {
  access_token: string;
  refresh_token: string;
  id_token: string;
}

function authorization(challenge: string, more: Record<string, string> = {}): string {
  const { CLAIMCHECK_SCOPES, CLAIMCHECK_RESOURCE } = appProviderEnv('oidc-provider', proxy.origin) as Record<string, string>;
  return `${proxy.origin}/auth?${new URLSearchParams({
    client_id: 'claimcheck-e2e',
    response_type: 'code',
    redirect_uri: `${clientOrigin}/auth/callback`,
    scope: CLAIMCHECK_SCOPES ?? '',
    resource: CLAIMCHECK_RESOURCE ?? '',
    prompt: 'consent',
    state: 'the-state',
    nonce: 'n-0123456789abcdef',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  })}`;
}

function codeGrant(page: Page, verifier: string): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code: query(page).code ?? '',
    redirect_uri: `${clientOrigin}/auth/callback`,
    code_verifier: verifier,
  };
}

function refresh(refresh_token: string): Record<string, string> {
  return { grant_type: 'refresh_token', refresh_token };
}

async function token(form: Record<string, string>) {
  const { CLAIMCHECK_CLIENT_ID: id = '', CLAIMCHECK_CLIENT_SECRET: secret = '', CLAIMCHECK_RESOURCE: resource = '' } =
    appProviderEnv('oidc-provider', proxy.origin);
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  const answer = await fetch(`${proxy.origin}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${encode(id)}:${encode(secret)}`)}` },
    body: new URLSearchParams({ resource, ...form }),
  });
  return { status: answer.status, json: await answer.json() };
}

function pkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

function query(page: Page): Record<string, string> {
  return Object.fromEntries(new URL(page.url()).searchParams);
}

const header = (jwt: string) => part(jwt, 0);
const payload = (jwt: string) => part(jwt, 1);

function part(jwt: string, index: number) {
  return JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString());
}
