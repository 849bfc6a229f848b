// The fault proxy plays the faults it says it plays.
import { expect, test } from '@playwright/test';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Proxy } from '../support/proxy.ts';

let server: http.Server;
let proxy: Proxy;

test.beforeAll(async () => {
  server = http.createServer((request, response) => {
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
