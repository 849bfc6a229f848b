// No secrets in the browser or in the logs.
import { ada, expect, test } from '../support/test.ts';
import type { Stack } from '../support/stack.ts';

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isZone = ({ name }: { name: string }) => name.endsWith('claimcheck-zone');
const JWT = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}/;

test('SC-01 no token, verifier or secret leaves the server', async ({ app, page, context, stack, hydrated }) => {
  await app.open('/');
  await app.signInThroughPages(ada);
  await app.panel('Orders').expectRows();
  expect(page.url()).not.toMatch(/[?&](code|state|iss)=/);
  await app.open('/account');
  await app.open('/boards/reports');

  const all = await context.cookies(stack.app.origin);
  // A preference that a script sets and may read: the browser's time zone, which is not secret.
  const [zones, cookies] = [all.filter(isZone), all.filter((cookie) => !isZone(cookie))];
  expect(zones.map(({ value }) => value)).toEqual(hydrated ? [zone] : []);
  for (const { name, secure, sameSite, path } of zones) {
    const isHttps = stack.app.origin.startsWith('https:');
    expect({ secure, sameSite, path }, name).toEqual({ secure: isHttps, sameSite: 'Lax', path: '/' });
    expect(name.startsWith('__Host-')).toBe(isHttps);
  }
  expect(cookies.length).toBeGreaterThan(0);
  // The session, the browser during a sign-in, and the board that was opened last.
  expect(cookies.length).toBeLessThanOrEqual(3);
  for (const { name, value, httpOnly, sameSite, path } of cookies) {
    expect({ httpOnly, sameSite, path }, name).toEqual({ httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(value.length, name).toBeLessThan(200);
  }
  const stored = await page.evaluate(async () => {
    const kept = [{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), await caches.keys()];
    const known = [history.state, window.name, performance.getEntries().map(({ name }) => name)];
    return JSON.stringify([kept, known, document.documentElement.outerHTML]);
  });
  expect(stored).toContain('Ada Okafor');
  expect(stored).not.toMatch(JWT);
  await app.signOut(ada);

  const secrets = [...stack.secrets(), 'claimcheck-demo-secret'];
  expect(secrets.length).toBeGreaterThan(4);
  for (const answer of answers(stack)) {
    expect(answer).not.toMatch(JWT);
    expect(secrets.find((secret) => answer.includes(secret))).toBeUndefined();
  }
  expect(secrets.find((secret) => stored.includes(secret))).toBeUndefined();
  expect(secrets.find((secret) => stack.appOutput().includes(secret)), 'in the log').toBeUndefined();
});

test('signed-in pages are kept in no cache', async ({ app, stack }) => {
  await app.signInThroughPages(ada);
  await app.open('/account');
  for (const { path, responseHeaders } of stack.app.exchanges.filter(({ status }) => status)) {
    if (/^\/(boards|account|auth)\b/.test(path)) expect(responseHeaders['cache-control'], path).toContain('no-store');
  }
});

/** Every response of the app, headers and body, without the only token that is allowed: the hint on the sign-out page. */
function answers(stack: Stack): string[] {
  return stack.app.exchanges.map(({ path, responseHeaders, body }) => {
    const text = `${path}\n${JSON.stringify(responseHeaders)}\n${body}`;
    return path === '/auth/sign-out' ? text.replace(/id_token_hint=[\w.-]+/g, '') : text;
  });
}
