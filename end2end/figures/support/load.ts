// Load on one process: the same request many times on kept connections, and the CPU time of that process.
import http from 'node:http';
import { crowd } from './crowd.ts';
import { cpuAtRest } from './usage.ts';

export interface Target {
  pid: number;
  url: string;
  /** For every request, or for each by its number. */
  headers: http.OutgoingHttpHeaders | ((index: number) => http.OutgoingHttpHeaders);
}

export interface Spell {
  /** Milliseconds of CPU, user and system, for one request. */
  cpu: number;
  perSecond: number;
}

const agents = new Map<number, http.Agent>();

/** This many requests with this concurrency; every response must be 200. */
export async function spell({ pid, url, headers }: Target, requests: number, atOnce: number): Promise<Spell> {
  const before = await cpuAtRest(pid);
  const start = performance.now();
  await crowd(requests, atOnce, async (index) => {
    const answer = await get(url, typeof headers === 'function' ? headers(index) : headers, atOnce);
    for await (const _ of answer);
    if (answer.statusCode !== 200) throw new Error(`${url} answered with ${answer.statusCode} ${answer.headers.location ?? ''}`.trimEnd());
  });
  const seconds = (performance.now() - start) / 1_000;
  return { cpu: ((await cpuAtRest(pid)) - before) / requests, perSecond: requests / seconds };
}

/** One response as sent, and its bytes. */
export async function sent(
  url: string,
  headers: http.OutgoingHttpHeaders,
  status = 200,
): Promise<{ body: Buffer; headers: http.IncomingHttpHeaders }> {
  const answer = await get(url, headers, 1);
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  if (answer.statusCode !== status) throw new Error(`${url} answered with ${answer.statusCode}`);
  return { body: Buffer.concat(chunks), headers: answer.headers };
}

function get(url: string, headers: http.OutgoingHttpHeaders, atOnce: number): Promise<http.IncomingMessage> {
  const { port, pathname, search, host } = new URL(url);
  const agent = agents.get(atOnce) ?? new http.Agent({ keepAlive: true, maxSockets: atOnce });
  agents.set(atOnce, agent);
  const options = { host: '127.0.0.1', port, path: pathname + search, headers: { host, ...headers }, agent };
  return new Promise((resolve, reject) => http.get(options, resolve).once('error', reject));
}
