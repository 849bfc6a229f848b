// What is Auth0's own: several APIs by `audience`, its two logout endpoints, invitations, its login route, its refusals.
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from '@playwright/test';
import { press } from '../../support/sign_in.ts';
import { ada, expect, jonas, note, test } from '../support/test.ts';
import type { Visitor } from '../support/pages.ts';
import type { Rig } from '../support/rig.ts';
import type { Auth0 } from './provider.ts';

const SHORT_SECS = 4;

test('the secret in the body of the token request', async ({ visitor, rig }) => {
  auth0(rig).box.tokens.authentication = 'post';
  await rig.serve({ env: { CLAIMCHECK_CLIENT_AUTH: 'client_secret_post' } });
  await visitor.signIn(ada);
  await visitor.expectOrders();
});

test('a second API by audience', async ({ visitor, rig }) => {
  const stock = rig.registered.stock!;
  await rig.serve({ boards: stock.settings });
  await auth0(rig).rotateRefreshTokens();
  await auth0(rig).setAccessTokenSecs(SHORT_SECS);
  await visitor.signIn(ada, '/boards/stock');
  await expect(visitor.panel('Stock').rows.first()).toContainText('stock-1');
  await sleep(SHORT_SECS * 1_000 + 300);
  for (const [path, title] of [['/boards/orders', 'Orders'], ['/boards/stock', 'Stock']] as const) {
    await visitor.open(path);
    await expect(visitor.panel(title).rows.first()).toContainText(`${title.toLowerCase()}-1`);
  }
  for (const { api, claims, status } of rig.api.calls) {
    expect(status).toBe(200);
    expect([claims.aud].flat()).toContain(api === 'stock' ? stock.audience : rig.registered.audience);
    expect([claims.aud].flat()).not.toContain(api === 'stock' ? rig.registered.audience : stock.audience);
  }
  const { granted, refused } = await auth0(rig).refreshes();
  expect(refused).toBe(0);
  note(`${granted} refreshes with rotation for two APIs; no API received a token of the other`);
});

test('a permission that the user lacks', async ({ visitor, rig }) => {
  await rig.serve({ boards: rig.registered.stock!.settings });
  await visitor.signIn(jonas, '/boards/stock');
  const scope = rig.tokenRequests('refresh_token').map(({ body }) => (JSON.parse(body) as { scope: string }).scope);
  expect(scope.join(' ')).not.toContain('stock:read');
  // Auth0 tells with the token only, so the first page may still ask the API.
  await visitor.open('/boards/stock');
  await expect(visitor.panel('Stock').region).toContainText('stock:read');
  await expect(visitor.panel('Stock').rows).toHaveCount(0);
  note(`the panel says: ${await words(visitor.panel('Stock').region)}`);
  await visitor.open('/boards/orders');
  await visitor.expectOrders();
});

test('a second API that the tenant does not have', async ({ visitor, rig }) => {
  const { settings, audience } = rig.registered.stock!;
  await rig.serve({ boards: settings.replace(`audience = "${audience}"`, 'audience = "https://nothing.example.com"') });
  await visitor.signIn(ada);
  await visitor.expectOrders();
  await visitor.open('/boards/stock');
  await expect(visitor.panel('Stock').rows).toHaveCount(0);
  note(`the panel says: ${await words(visitor.panel('Stock').region)}`);
  await visitor.open('/boards/stock');
  const refused = rig.tokenRequests('refresh_token').map(({ status, body }) => [status, JSON.parse(body).error]);
  expect(refused, 'requests for a token of that API').toEqual([[403, 'access_denied']]);
  expect(rig.api.calls.filter(({ api }) => api === 'stock')).toEqual([]);
  await visitor.open('/boards/orders');
  await visitor.expectSignedIn(ada);
  await visitor.expectOrders();
});

test('the token endpoint refuses as Auth0 does', async ({ visitor, rig }) => {
  await rig.serve();
  await visitor.signIn(ada);
  const [exchange] = rig.tokenRequests('authorization_code');
  const { authorization = '' } = exchange!.requestHeaders;
  const ask = async (form: Record<string, string>, headers: Record<string, string> = { authorization }) => {
    const answer = await fetch(`${rig.provider.issuer}oauth/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
    const { error, error_description } = (await answer.json()) as { error?: string; error_description?: string };
    return [answer.status, error, error_description];
  };
  const refresh = { grant_type: 'refresh_token', refresh_token: rig.lastRefreshToken() };
  const invalid = [403, 'invalid_grant', 'Unknown or invalid refresh token.'];
  expect(await ask(exchange!.form), 'a code that was used').toEqual([403, 'invalid_grant', 'Invalid authorization code']);
  expect(await ask(refresh, {}), 'no client authentication').toEqual([401, 'access_denied', 'Unauthorized']);
  expect(await ask({ ...refresh, refresh_token: 'unknown' })).toEqual(invalid);
  expect(await ask({ grant_type: 'password' })).toEqual([403, 'unauthorized_client', "Grant type 'password' not allowed for the client."]);
  expect(await ask(refresh)).toEqual([200, undefined, undefined]);
  const token = new URLSearchParams({ token: refresh.refresh_token });
  await fetch(`${rig.provider.issuer}oauth/revoke`, { method: 'POST', headers: { authorization }, body: token });
  expect(await ask(refresh), 'after a revocation').toEqual(invalid);
});

test('permissions of the access token as roles', async ({ visitor, elsewhere, rig }) => {
  const boards = '[[board]]\nid = "stock-room"\ntitle = "Stock room"\nrole = "orders:read"\n'
    + '[[board.panel]]\ntitle = "Orders"\nkind = "table"\nget = "/orders"\nrows = "$.items[*]"\n';
  await rig.serve({ boards, env: { CLAIMCHECK_ROLE_CLAIMS: 'permissions', CLAIMCHECK_ACCESS_TOKEN_ROLES: 'sub' } });
  await visitor.signIn(ada, '/boards/stock-room');
  await visitor.expectOrders();
  await elsewhere.signIn(jonas, '/boards/orders');
});

test('grants revoked by an administrator', async ({ visitor, rig }) => {
  await rig.serve();
  await rig.provider.setAccessTokenSecs(SHORT_SECS);
  await visitor.signIn(ada, '/boards/orders?x=1');
  auth0(rig).box.tokens.forget();
  await sleep(SHORT_SECS * 1_000 + 300);
  await rig.provider.setAccessTokenSecs(600);
  await visitor.page.goto('about:blank');
  await visitor.open('/boards/orders?x=1');
  // The user's session at Auth0 is not over: a consent at most.
  await rig.provider.signIn(visitor.page, ada);
  await visitor.expectAt('/boards/orders?x=1');
  await visitor.expectOrders();
  expect(await rig.provider.refreshes()).toEqual({ granted: 0, refused: 1 });
  const ended = rig.log().split('\n').find((line) => line.includes('session ended')) ?? '';
  expect(ended).toMatch(/invalid_grant.*403|403.*invalid_grant/);
});

test('sign-out at /v2/logout', async ({ visitor, page, rig }) => {
  auth0(rig).box.discoversLogout = false;
  const back = `${rig.app.origin}/`;
  await rig.serve({ env: oldLogout(rig, `returnTo=${back}&federated`) });
  await visitor.signIn(ada);
  await signOut(visitor);
  // Auth0 does not return `state` from here; the page before said that the session has ended.
  await expect(page).toHaveURL(back);
  await expect(page.getByRole('main').getByRole('link', { name: 'Sign in' })).toBeVisible();
  const [sent] = rig.provider.proxy.exchanges.filter(({ path }) => path.startsWith('/v2/logout'));
  const asked = new URL(sent!.path, rig.provider.issuer).searchParams;
  expect([asked.get('returnTo'), asked.get('client_id'), asked.get('federated')]).toEqual([back, 'CLIENT_ID', '']);
  await visitor.open('/boards/orders');
  await rig.provider.expectLogin(page);
});

test('sign-out at /v2/logout, where home starts a sign-in', async ({ visitor, page, rig }) => {
  const back = `${rig.app.origin}/`;
  await rig.serve({ env: { ...oldLogout(rig, `returnTo=${back}`), CLAIMCHECK_BRAND_HOME: 'sign-in' } });
  await visitor.signIn(ada);
  const before = authorizations(rig).length;
  await signOut(visitor);
  await expect(page).toHaveURL(back);
  await expect(page.getByRole('main').getByRole('link', { name: 'Sign in' })).toBeVisible();
  expect(authorizations(rig).length, 'no sign-in starts by itself').toBe(before);
});

test('sign-out with an address that Auth0 does not allow', async ({ visitor, page, rig }) => {
  await rig.serve({ env: oldLogout(rig, 'returnTo=https://elsewhere.example/') });
  await visitor.signIn(ada);
  await signOut(visitor);
  await expect(page.getByText('Allowed Logout URLs')).toBeVisible();
  // The error is at Auth0; here the session has ended.
  expect(await rig.sessions()).toBe(0);
});

test('sign-out without the discovery setting', async ({ visitor, page, rig }) => {
  auth0(rig).box.discoversLogout = false;
  await rig.serve();
  await visitor.signIn(ada);
  await visitor.signOut(ada);
  await expect(page.getByRole('main')).toContainText(/signed out/i);
  expect(rig.provider.proxy.count(({ path }) => /logout/.test(path))).toBe(0);
  expect(await rig.sessions()).toBe(0);
});

test('a login page left open too long leads to the Application Login URI', async ({ visitor, page, rig }) => {
  await rig.serve();
  await rig.provider.setLoginSecs(1);
  await visitor.open('/boards/finance');
  await rig.provider.expectLogin(page);
  await sleep(1_500);
  await rig.provider.setLoginSecs(600);
  await page.getByPlaceholder('Email address').fill(ada.email);
  await press(page.locator('#form button[type=submit]').first());
  await rig.provider.expectLogin(page);
  await rig.provider.signIn(page, ada);
  await visitor.expectSignedIn(ada);
  const begun = rig.app.exchanges.filter(({ path }) => path.startsWith('/auth/sign-in?iss='));
  expect(begun.length).toBe(1);
  note(`the second sign-in leads to ${new URL(page.url()).pathname}, because Auth0 does not name the page`);
});

test('an invitation', async ({ visitor, page, rig }) => {
  await rig.serve({ env: { CLAIMCHECK_PASS_PARAMS: 'organization invitation' } });
  const invitation = { organization: 'org_1', invitation: 'ticket-1', organization_name: 'acme' };
  const link = new URLSearchParams({ iss: rig.provider.issuer, ...invitation });
  await visitor.open(`/auth/sign-in?${link}`);
  await rig.provider.expectLogin(page);
  const asked = authorizations(rig).at(-1)!;
  expect([asked.get('organization'), asked.get('invitation'), asked.get('organization_name')]).toEqual(['org_1', 'ticket-1', null]);
  await rig.provider.signIn(page, ada);
  await visitor.expectSignedIn(ada);
});

test('a consent that is declined', async ({ visitor, page, rig, guard }) => {
  guard.expectStatus(403, /^\/auth\/callback/);
  await rig.serve();
  await visitor.open('/boards/orders');
  await page.getByPlaceholder('Email address').fill(ada.email);
  await press(page.locator('#form button[type=submit]').first());
  await page.getByPlaceholder('Password').fill(ada.password);
  await press(page.locator('#form button[type=submit]').first());
  await press(page.getByRole('button', { name: 'Decline' }));
  await expect(page.getByRole('main').getByRole('link').first()).toBeVisible();
  expect(authorizations(rig).length, 'no sign-in starts by itself').toBe(1);
  note(`the page says: ${await page.getByRole('heading', { level: 1 }).innerText()}`);
});

test('an audience that is no API of the tenant', async ({ visitor, page, rig, guard }) => {
  guard.expectStatus(403, /^\/auth\/callback/);
  await rig.serve({ env: { CLAIMCHECK_AUDIENCE: 'https://nothing.example.com' } });
  await visitor.open('/boards/orders');
  await expect(page.getByRole('main').getByRole('link').first()).toBeVisible();
  note(`the page says: ${await words(page.getByRole('main'))}`);
});

test('no audience: the token is not for the API', async ({ visitor, rig }) => {
  const file = test.info().outputPath('claimcheck.toml');
  await writeFile(file, rig.registered.settings.replace(/^audience = .*$/m, ''));
  await rig.serve({ env: { CLAIMCHECK_CONFIG: file } });
  await visitor.signIn(ada);
  await expect(visitor.panel('Orders').region).toContainText(/./);
  expect(rig.api.calls.every(({ status }) => status === 401)).toBe(true);
  note(`the panel says: ${await words(visitor.panel('Orders').region)}`);
  await visitor.expectSignedIn(ada);
});

/** The settings for `/v2/logout` on the page. */
function oldLogout(rig: Rig, params: string): Record<string, string> {
  return { CLAIMCHECK_END_SESSION_URL: `${rig.provider.issuer}v2/logout`, CLAIMCHECK_END_SESSION_PARAMS: params };
}

/** Up to the page that follows the sign-out page. */
async function signOut(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await visitor.menu(ada).click();
  await press(page.getByRole('button', { name: 'Sign out', exact: true }));
  await expect(page).not.toHaveURL(/\/auth\/sign-out/);
}

test.describe('the table "When it does not work"', () => {
  const rows: { title: string; env: Record<string, string>; prepare?: (auth0: Auth0) => void; says: RegExp; status: number }[] = [
    { title: 'an issuer without its slash', env: { CLAIMCHECK_ISSUER: 'without slash' }, says: /both must be identical/, status: 502 },
    {
      title: 'another authentication method',
      env: {},
      prepare: ({ box }) => void (box.tokens.authentication = 'post'),
      says: /"reason":"misconfigured".*access_denied.*401/,
      status: 502,
    },
    { title: 'a wrong secret', env: { CLAIMCHECK_CLIENT_SECRET: 'wrong' }, says: /"reason":"misconfigured".*access_denied.*401/, status: 502 },
    {
      title: 'an API without offline access',
      env: {},
      prepare: ({ box }) => void (box.allowsOffline = false),
      says: /"event":"no refresh token"/,
      status: 200,
    },
    {
      title: 'a tenant without end session discovery',
      env: {},
      prepare: ({ box }) => void (box.discoversLogout = false),
      says: /"event":"provider lacks a feature".*end_session_endpoint/,
      status: 200,
    },
  ];
  for (const { title, env, prepare, says, status } of rows) {
    test(title, async ({ visitor, page, rig, guard }) => {
      if (status !== 200) guard.expectStatus(status);
      prepare?.(auth0(rig));
      const issuer = env.CLAIMCHECK_ISSUER && { CLAIMCHECK_ISSUER: rig.provider.issuer.replace(/\/$/, '') };
      await rig.serve({ env: { ...env, ...issuer } });
      await visitor.open('/boards/orders');
      if (!page.url().startsWith(rig.app.origin)) await rig.provider.signIn(page, ada);
      if (status === 200) await visitor.expectOrders();
      else await expect(page.getByRole('main').getByRole('link').first()).toBeVisible();
      expect(rig.log()).toMatch(says);
    });
  }

  test('a secret that changes in mid-session', async ({ visitor, rig }) => {
    await rig.serve();
    await rig.provider.setAccessTokenSecs(SHORT_SECS);
    await visitor.signIn(ada);
    auth0(rig).box.clientSecret = 'another';
    await sleep(SHORT_SECS * 1_000 + 300);
    await visitor.open('/boards/orders');
    await visitor.expectSignedIn(ada);
    note(`the panel says: ${await words(visitor.panel('Orders').region)}`);
    expect(rig.log()).toMatch(/"event":"client refused".*access_denied/);
    expect(await rig.sessions()).toBe(1);
  });
});

async function words(region: Locator): Promise<string> {
  return (await region.innerText()).replace(/\s+/g, ' ');
}

function auth0(rig: Rig): Auth0 {
  return rig.provider as Auth0;
}

/** The authorization requests so far. */
function authorizations(rig: Rig): URLSearchParams[] {
  const asked = rig.provider.proxy.exchanges.filter(({ path }) => path.startsWith('/authorize?'));
  return asked.map(({ path }) => new URL(path, rig.provider.issuer).searchParams);
}
