// The effect of forwarded headers behind a proxy that terminates TLS. Needs no browser, so it runs once.
import { randomUUID } from 'node:crypto';
import { send, throughProxy, type Answer, type Ask, type Sent } from '../support/direct.ts';
import type { Stack } from '../support/stack.ts';
import { expect, test } from '../support/test.ts';

const NOT_OURS = '127.0.0.2';
const PERSON = '127.0.0.3';
const ANOTHER = '127.0.0.4';

test.afterEach(({ stack }) => stack.restart());

test('OP-06 the log names the client that a trusted proxy names, and else the peer', async ({ stack }) => {
  const forged = { headers: { 'x-forwarded-for': '203.0.113.9' } };
  expect(await logged(stack, throughProxy(stack, { from: PERSON }))).toBe(PERSON);
  expect(await logged(stack, throughProxy(stack, { from: PERSON, ...forged }))).toBe(PERSON);
  expect(await logged(stack, directly(stack, { from: NOT_OURS, ...forged }))).toBe(NOT_OURS);
  // A client with the proxy's address is trusted.
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

test('LR-03 no header changes where the provider sends people back to', async ({ stack }) => {
  const host = new URL(stack.app.origin).host;
  const ours = `${stack.app.origin}/auth/callback`;
  for (const headers of [
    { host },
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
    { forwarded: 'host=evil.example;proto=http', 'x-original-host': 'evil.example' },
  ] as Record<string, string>[]) {
    // Also from the proxy's own address, which is only trusted for client addresses.
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

/** Past the proxy, like someone in the same network. */
function directly(stack: Stack, sent: Sent): Ask {
  return (path) => send(stack.app.upstream + path, sent);
}

/** The client address in the log for one request. */
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
