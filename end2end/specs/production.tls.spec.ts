// Behind a proxy that ends TLS, as in production: cookies, HSTS, and what forwarded headers can and cannot do.
import { randomUUID } from 'node:crypto';
import { send, type Answer, type Sent } from '../support/direct.ts';
import { press } from '../support/sign_in.ts';
import type { Stack } from '../support/stack.ts';
import { ada, expect, test } from '../support/test.ts';

const NOT_OURS = '127.0.0.2';
const PERSON = '127.0.0.3';
const ANOTHER = '127.0.0.4';

test('SC-04 every cookie is __Host-, Secure, HttpOnly, Lax, of no domain', async ({ app, context, stack }) => {
  await app.signIn(ada);
  await app.open('/account');
  await app.signOut(ada);
  const set = stack.app.exchanges.flatMap(({ responseHeaders }) => responseHeaders['set-cookie'] ?? []);
  expect(new Set(set.map((line) => line.split('=')[0]))).toEqual(new Set(['__Host-claimcheck', '__Host-claimcheck-browser']));
  for (const line of set) {
    const attributes = line.split('; ').slice(1);
    expect(attributes, line).toEqual(expect.arrayContaining(['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']));
    expect(line).not.toMatch(/domain/i);
  }
  await app.signIn(ada);
  for (const cookie of await context.cookies(stack.app.origin)) {
    const { name, secure, httpOnly, sameSite, path, domain } = cookie;
    // The zone is a preference that the page's own script writes and reads.
    const isPreference = name === '__Host-claimcheck-zone';
    const expected = { secure: true, httpOnly: !isPreference, sameSite: 'Lax', path: '/', domain: 'localhost' };
    expect({ secure, httpOnly, sameSite, path, domain }, name).toEqual(expected);
  }
});

test('SC-06 the session cookie comes with a sign-in and is gone after a sign-out', async ({ app, context, stack }) => {
  const sessions = async () => (await context.cookies(stack.app.origin)).filter(({ name }) => name === '__Host-claimcheck');
  await app.signIn(ada);
  expect(await sessions()).toHaveLength(1);
  await app.signOut(ada);
  expect(await sessions()).toEqual([]);
});

test('HD-05 every kind of answer says that there is only https here', async ({ app, page, stack, hydrated }) => {
  await app.signIn(ada);
  await app.panel('Orders').expectRows();
  const style = await page.locator('link[rel=stylesheet]').getAttribute('href');
  const json = { accept: 'application/json', 'sec-fetch-dest': 'empty' };
  const kinds: [number, string, Sent?][] = [
    [200, '/'],
    [303, '/account'],
    [303, '/auth/sign-in'],
    [400, '/auth/callback?code=x&state=x'],
    [401, '/account', { headers: { ...json, 'sec-fetch-mode': 'cors' } }],
    [403, '/auth/sign-out', { method: 'POST', headers: { origin: 'https://evil.example' } }],
    [404, '/no/such/page'],
    [414, `/${'x'.repeat(9_000)}`],
    [200, style ?? 'no style'],
    [200, '/favicon.svg'],
    [200, '/health/ready'],
  ];
  for (const [status, path, sent] of kinds) {
    const answer = await send(stack.app.origin + path, { ...sent, authority: stack.authority });
    expect(answer.status, path).toBe(status);
    expect(answer.headers['strict-transport-security'], path).toMatch(/^max-age=31536000; includeSubDomains$/);
  }
  expect(stack.app.exchanges.length).toBeGreaterThan(kinds.length + (hydrated ? 3 : 1));
  for (const { path, responseHeaders } of stack.app.exchanges.filter(({ status }) => status)) {
    expect(responseHeaders['strict-transport-security'], path).toBeTruthy();
  }
});

test('HD-04 nothing is loaded from anywhere but https addresses of app and provider', async ({ app, page, stack }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await app.open('/');
  await app.signIn(ada);
  await app.panel('Orders').expectRows();
  await app.open('/account');
  await app.signOut(ada);
  const origins = new Set(asked.filter((url) => !url.startsWith('data:')).map((url) => new URL(url).origin));
  expect(origins).toEqual(new Set([stack.app.origin, stack.provider.origin]));
  expect([...origins].every((origin) => origin.startsWith('https://'))).toBe(true);
});

test.describe('with other settings', () => {
  test.afterEach(({ stack }) => stack.restart());

  test('OP-06 the log names the client that a trusted proxy names, and else the peer', async ({ stack }) => {
    const forged = { headers: { 'x-forwarded-for': '203.0.113.9' } };
    expect(await logged(stack, throughProxy(stack, { from: PERSON }))).toBe(PERSON);
    expect(await logged(stack, throughProxy(stack, { from: PERSON, ...forged }))).toBe(PERSON);
    expect(await logged(stack, directly(stack, { from: NOT_OURS, ...forged }))).toBe(NOT_OURS);
    // Whoever stands where the proxy stands is believed.
    expect(await logged(stack, directly(stack, forged))).toBe('203.0.113.9');

    await stack.restart({ CLAIMCHECK_TRUSTED_PROXIES: '' });
    expect(await logged(stack, throughProxy(stack, { from: PERSON }))).toBe('127.0.0.1');
    expect(await logged(stack, directly(stack, { from: NOT_OURS, ...forged }))).toBe(NOT_OURS);
  });

  test('OP-05 a forged address does not evade the sign-in rate; people behind the proxy are counted each', async ({ stack }) => {
    await stack.restart({ CLAIMCHECK_SIGN_IN_RATE: '3' });
    const statuses = async (ask: (path: string, number: number) => Promise<Answer>) => {
      const answers = [];
      for (const number of [1, 2, 3, 4, 5]) answers.push(await ask(number % 2 ? '/account' : '/auth/sign-in', number));
      return answers.map(({ status }) => status);
    };
    const forged = (number: number) => ({ headers: { 'x-forwarded-for': `203.0.113.${number}` } });
    const refused = [303, 303, 303, 429, 429];
    expect(await statuses((path, number) => directly(stack, { from: NOT_OURS, ...forged(number) })(path))).toEqual(refused);
    expect(await statuses((path, number) => throughProxy(stack, { from: PERSON, ...forged(number) })(path))).toEqual(refused);
    const another = await throughProxy(stack, { from: ANOTHER })('/account');
    expect(another.status).toBe(303);
    const late = await throughProxy(stack, { from: PERSON })('/account');
    expect(late.headers['retry-after']).toMatch(/^([1-9]|1\d|20)$/);
    expect(late.headers['set-cookie']).toBeUndefined();
  });

  test('OP-05 one sign-in too many is a page that helps, and a moment later it leads on', async ({ app, page, stack, guard }) => {
    guard.expectStatus(429);
    await stack.restart({ CLAIMCHECK_SIGN_IN_RATE: '30' });
    let last: Answer;
    do last = await throughProxy(stack, {})('/account');
    while (last.status === 303);
    expect(last.status).toBe(429);
    await app.open('/boards/orders?x=1');
    await expect(app.heading('Too many sign-ins at once')).toBeVisible();
    await app.expectProblemPage();

    // One more every two seconds.
    await expect(async () => {
      await press(page.getByRole('link', { name: 'Try again' }));
      expect(page.url()).toContain(stack.provider.origin);
    }).toPass({ timeout: 10_000, intervals: [500] });
    await app.passProvider(ada);
    await app.expectAt('/boards/orders?x=1');
    await app.expectSignedIn(ada);
  });

  test('LR-03 no header changes where the provider sends people back to', async ({ stack }) => {
    const host = new URL(stack.app.origin).host;
    const ours = `${stack.app.origin}/auth/callback`;
    for (const headers of [
      { host },
      { host: 'evil.example' },
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
      { forwarded: 'host=evil.example;proto=http', 'x-original-host': 'evil.example' },
    ] as Record<string, string>[]) {
      // From the proxy's own address too, which is trusted as far as addresses of clients go.
      for (const ask of [throughProxy(stack, { headers }), directly(stack, { headers })]) {
        const answer = await ask('/account');
        expect(redirectUri(answer), JSON.stringify(headers)).toBe(ours);
        expect(answer.headers['set-cookie']?.join()).toMatch(/^__Host-.*; Secure/);
      }
    }

    const name = 'dashboard.example.test';
    await stack.restart({ CLAIMCHECK_PUBLIC_URL: `https://${name}` });
    for (const [host, status] of [[name, 303], ['evil.example', 421], [`${name}.evil.example`, 421]] as const) {
      const answer = await throughProxy(stack, { headers: { host, 'x-forwarded-host': name } })('/account');
      expect(answer.status, host).toBe(status);
      if (status === 303) expect(redirectUri(answer)).toBe(`https://${name}/auth/callback`);
    }
  });
});

type Ask = (path: string) => Promise<Answer>;

/** As a browser reaches the app. */
function throughProxy(stack: Stack, sent: Sent): Ask {
  return (path) => send(stack.app.origin + path, { ...sent, authority: stack.authority });
}

/** Past the proxy, as someone in the same network would. */
function directly(stack: Stack, sent: Sent): Ask {
  return (path) => send(stack.app.upstream + path, sent);
}

/** The client's address that the log has for one request. */
async function logged(stack: Stack, ask: Ask): Promise<string> {
  const path = `/no/such/${randomUUID()}`;
  await ask(path);
  const answered = (line: string) => line.startsWith('{') && line.includes(path) && line.includes('"answered"');
  const lines = () => stack.appOutput().split('\n').filter(answered);
  await expect.poll(() => lines().length).toBe(1);
  return JSON.parse(lines()[0]!).span.client;
}

function redirectUri({ headers }: Answer): string | null {
  return new URL(headers.location ?? 'none:').searchParams.get('redirect_uri');
}
