// The proxy plays its faults, redirects over another origin on request, and terminates TLS.
import { expect, test } from '@playwright/test';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { send } from '../support/direct.ts';
import { Proxy } from '../support/proxy.ts';
import { ownerOf } from '../support/sockets.ts';
import { Authority } from '../support/tls.ts';

let server: http.Server;
let proxy: Proxy;
/** The headers of the last request that arrived. */
let received: http.IncomingHttpHeaders | undefined;

test.beforeAll(async () => {
  server = http.createServer((request, response) => {
    received = request.headers;
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.setHeader('content-type', 'text/plain');
    response.setHeader('content-encoding', 'gzip');
    response.end(gzipSync(`host ${request.headers.host}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await Proxy.start((server.address() as AddressInfo).port, { keepBodies: true });
});

test.afterAll(async () => {
  await proxy.down();
  server.close();
});

test.beforeEach(async () => {
  await proxy.heal();
  proxy.forget();
});

test('passes and remembers', async () => {
  const answer = await fetch(`${proxy.origin}/a?b=c`, { method: 'POST', body: new URLSearchParams({ grant_type: 'x' }) });
  expect(await answer.text()).toBe(`host ${new URL(proxy.origin).host}`);
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(proxy.exchanges).toMatchObject([
    { method: 'POST', path: '/a?b=c', form: { grant_type: 'x' }, status: 200, body: `host ${new URL(proxy.origin).host}` },
  ]);
});

test('goes down and comes back on the same port', async () => {
  await proxy.down();
  await expect(fetch(proxy.origin)).rejects.toThrow();
  await proxy.heal();
  expect((await fetch(proxy.origin)).status).toBe(200);
});

test('is slow, hangs, drops and answers for the server, where told to', async () => {
  proxy.play({ kind: 'slow', ms: 300 });
  const start = Date.now();
  await fetch(proxy.origin);
  expect(Date.now() - start).toBeGreaterThanOrEqual(300);

  proxy.play({ kind: 'status', status: 503, body: 'later' }, /^\/token/);
  expect((await fetch(proxy.origin)).status).toBe(200);
  expect((await fetch(`${proxy.origin}/token`)).status).toBe(503);

  proxy.play({ kind: 'drop' });
  await expect(fetch(proxy.origin)).rejects.toThrow();
  proxy.play({ kind: 'hang' });
  await expect(fetch(proxy.origin, { signal: AbortSignal.timeout(300) })).rejects.toThrow('aborted due to timeout');
});

for (const what of ['request', 'answer'] as const) {
  test(`holds the ${what} back until told, and tells who asked`, async () => {
    received = undefined;
    proxy.play({ kind: 'hold', what }, /^\/token/);
    const held = proxy.held();
    let answered = false;
    const answer = fetch(`${proxy.origin}/token`).then((answer) => ((answered = true), answer.status));
    const exchange = await held;
    expect([exchange.path, exchange.status, answered]).toEqual(['/token', what === 'answer' ? 200 : 0, false]);
    expect(received !== undefined, 'whether the server has heard').toBe(what === 'answer');
    expect(ownerOf(exchange.peer)).toBe(process.pid);
    expect((await fetch(`${proxy.origin}/other`)).status).toBe(200);
    await proxy.heal();
    expect(await answer).toBe(200);
  });
}

test('a request whose sender went away while it was held does not pass', async () => {
  received = undefined;
  proxy.play({ kind: 'hold', what: 'request' });
  const held = proxy.held();
  const leaving = new AbortController();
  const left = fetch(proxy.origin, { signal: leaving.signal }).catch(() => 'left');
  const { path } = await held;
  leaving.abort();
  expect([path, await left]).toEqual(['/', 'left']);
  await proxy.heal();
  expect((await fetch(`${proxy.origin}/after`)).status).toBe(200);
  // The next one passes in the same time as this one would have.
  await expect.poll(() => proxy.exchanges.map(({ status }) => status)).toEqual([0, 200]);
});

test('leads elsewhere by path', async () => {
  const other = http.createServer((_, response) => response.end('other')).listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  proxy.route = (path) => (path.startsWith('/other') ? port : undefined);
  const texts = await Promise.all(['/other/x', '/x'].map(async (path) => (await fetch(proxy.origin + path)).text()));
  proxy.route = undefined;
  other.close();
  expect(texts).toEqual(['other', `host ${new URL(proxy.origin).host}`]);
});

test('leads astray once, and then asks what was asked before', async () => {
  proxy.leadAstray(['/away'], (back) => `http://127.0.0.2/#${back}`);
  const sent = { method: 'POST', body: new URLSearchParams({ a: 'b' }), redirect: 'manual' } as const;
  const first = await fetch(`${proxy.origin}/away?x=1`, sent);
  const [over, back] = first.headers.get('location')!.split('#');
  expect([first.status, over]).toEqual([303, 'http://127.0.0.2/']);
  expect(back).toMatch(new RegExp(`^${proxy.origin}/away\\?`));
  expect((await fetch(back!)).status).toBe(200);
  expect((await fetch(`${proxy.origin}/away`)).status).toBe(200);
  expect(proxy.exchanges).toMatchObject([
    { method: 'POST', path: '/away?x=1', status: 303 },
    { method: 'POST', path: '/away?x=1', form: { a: 'b' }, status: 200 },
    { method: 'GET', path: '/away', status: 200 },
  ]);
});

test('behind TLS adds what it knows of the client, after what the client says', async () => {
  const authority = await Authority.make();
  const tls = await Proxy.start(Number(new URL(proxy.upstream).port), { hostname: 'localhost', keepBodies: true, tls: authority });
  try {
    const forged = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example' };
    const answer = await send(tls.origin, { headers: forged, from: '127.0.0.3', authority });
    expect([answer.status, tls.origin.slice(0, 18)]).toEqual([200, 'https://localhost:']);
    const { 'x-forwarded-for': hops, 'x-forwarded-proto': proto, 'x-forwarded-host': host } = received!;
    expect([hops, proto, host]).toEqual(['203.0.113.9, 127.0.0.3', 'https', new URL(tls.origin).host]);
    await expect(send(tls.origin), 'without the authority').rejects.toThrow(/certificate|issuer/);
  } finally {
    await tls.down();
    await authority.forget();
  }
});
