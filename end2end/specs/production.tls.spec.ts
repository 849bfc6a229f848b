// Behind a proxy that terminates TLS, as in production: cookies, HSTS, the origin of all files, and too many sign-ins.
import { send, throughProxy, type Answer, type Sent } from '../support/direct.ts';
import { press } from '../support/sign_in.ts';
import { ada, expect, test } from '../support/test.ts';

test('SC-04 every cookie is __Host-, Secure, HttpOnly, Lax, of no domain', async ({ app, context, stack }) => {
  await app.signInThroughPages(ada);
  await app.open('/account');
  await app.signOut(ada);
  const set = stack.app.exchanges.flatMap(({ responseHeaders }) => responseHeaders['set-cookie'] ?? []);
  expect(new Set(set.map((line) => line.split('=')[0]))).toEqual(new Set(['__Host-claimcheck', '__Host-claimcheck-board', '__Host-claimcheck-browser']));
  for (const line of set) {
    const attributes = line.split('; ').slice(1);
    expect(attributes, line).toEqual(expect.arrayContaining(['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']));
    expect(line).not.toMatch(/domain/i);
  }
  await app.signInThroughPages(ada);
  for (const cookie of await context.cookies(stack.app.origin)) {
    const { name, secure, httpOnly, sameSite, path, domain } = cookie;
    // The time zone is a preference that the page's own script writes and reads.
    const isPreference = name === '__Host-claimcheck-zone';
    const expected = { secure: true, httpOnly: !isPreference, sameSite: 'Lax', path: '/', domain: 'localhost' };
    expect({ secure, httpOnly, sameSite, path, domain }, name).toEqual(expected);
  }
});

test('SC-06 the session cookie comes with a sign-in and is gone after a sign-out', async ({ app, context, stack }) => {
  const sessions = async () => (await context.cookies(stack.app.origin)).filter(({ name }) => name === '__Host-claimcheck');
  await app.signInThroughPages(ada);
  expect(await sessions()).toHaveLength(1);
  await app.signOut(ada);
  expect(await sessions()).toEqual([]);
});

test('HD-05 every kind of answer says that there is only https here', async ({ app, page, stack, hydrated }) => {
  await app.signInThroughPages(ada);
  await app.panel('Orders').expectRows();
  const style = await page.locator('link[rel=stylesheet]').first().getAttribute('href');
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
    expect(answer.headers['strict-transport-security'], path).toBe('max-age=31536000');
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
  await app.signInThroughPages(ada);
  await app.panel('Orders').expectRows();
  await app.open('/account');
  await app.signOut(ada);
  const origins = new Set(asked.filter((url) => !url.startsWith('data:')).map((url) => new URL(url).origin));
  expect(origins).toEqual(new Set([stack.app.origin, stack.provider.origin]));
  expect([...origins].every((origin) => origin.startsWith('https://'))).toBe(true);
});

test.describe('with other settings', () => {
  test.afterEach(({ stack }) => stack.restart());

  test('OP-05 one sign-in too many is a page that helps, and a moment later it leads on', async ({ app, page, stack, guard }) => {
    guard.expectStatus(429);
    await stack.restart({ CLAIMCHECK_SIGN_IN_RATE: '30' });
    let last: Answer;
    do last = await throughProxy(stack, {})('/account');
    while (last.status === 303);
    expect(last.status).toBe(429);
    await app.open('/boards/orders?x=1');
    await expect(app.heading('Too many sign-ins')).toBeVisible();
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
});
