// The part of growth.ts with several processes on one store: what an idle process costs the others and the store, and
// whether a page costs the same among more of them.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ada } from '../support/providers.ts';
import { Replicas } from '../support/replicas.ts';
import { SERVED, StoreServer, type Served } from '../support/stores.ts';
import type { Growth } from './growth.ts';
import { Browser, NAVIGATION } from './support/browser.ts';
import { readInRounds, type Point } from './support/fit.ts';
import { spell, type Target } from './support/load.ts';
import { board, boards } from './support/pages.ts';
import { count, mean } from './support/report.ts';
import { signIn } from './support/sign_in.ts';
import { cpuAtRest } from './support/usage.ts';

const REPLICAS = count('REPLICAS', 4);
const IDLE_SECS = count('IDLE_SECS', 20);
/** Pages in one round, and rounds. */
const PAGES = count('PAGES', 30);
const ROUNDS = count('ROUNDS', 21);
/** PostgreSQL counts what a connection has done when it has been idle for up to ten seconds. */
const COUNTED_MS: Record<Served, number> = { postgres: 11_000, redis: 200 };

/** Processes on a server of their own, which counts what they ask. */
interface Fleet {
  number: number;
  replicas: Replicas;
  server: StoreServer;
  store: string;
  /** A page of the first of them. */
  target: Target;
}

interface Idle {
  /** Milliseconds of CPU a second of each process. */
  cpu: number;
  /** Statements a second of each process. */
  asks: number;
}

export async function replicas(): Promise<Growth[]> {
  const kinds = SERVED.filter((kind) => (process.env.STORE ?? SERVED.join()).split(',').includes(kind));
  const found: Growth[] = [];
  for (const kind of kinds) found.push(...(await onStore(kind)));
  return found;
}

/** All fleets run at the same time, so that whatever else the machine does affects all alike. */
async function onStore(kind: Served): Promise<Growth[]> {
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-figures-'));
  const config = join(folder, 'boards.toml');
  await writeFile(config, boards(1));
  const fleets: Fleet[] = [];
  try {
    for (let number = 1; number <= REPLICAS; number++) fleets.push(await start(kind, config, number));
    for (const { target } of fleets) await spell(target, PAGES * 3, 1);
    await sleep(COUNTED_MS[kind]);
    const idle = await Promise.all(fleets.map(atRest));

    const [asks, begun] = [fleets.map(asked), performance.now()];
    const rounds = await readInRounds(fleets, ROUNDS, async ({ target }) => (await spell(target, PAGES, 1)).cpu);
    await sleep(COUNTED_MS[kind]);
    const secs = (performance.now() - begun) / 1_000;
    const asksOfPage = fleets.map((fleet, index) => (asked(fleet) - asks[index]! - idle[index]!.asks * fleet.number * secs) / (PAGES * ROUNDS));

    const flat = (what: string, unit: string, rounds: Point[][], noise?: number): Growth => ({ what: `${what}, by processes on ${kind}`, unit, kind: 'flat', rounds, ...(noise && { noise }) });
    const once = (values: number[]) => [fleets.map(({ number }, index) => ({ x: number, y: values[index]! }))];
    return [
      flat('CPU a second of an idle process', 'ms', once(idle.map(({ cpu }) => cpu)), 0.3),
      flat('statements a second of an idle process', '', once(idle.map(({ asks }) => asks)), 0.2),
      flat('CPU of a page', 'ms', rounds),
      flat('statements of a page', '', once(asksOfPage), 0.1),
    ];
  } finally {
    await Promise.all(fleets.map(({ replicas }) => replicas.stop()));
    await Promise.all(fleets.map(({ server }) => server.end()));
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(kind: Served, config: string, number: number): Promise<Fleet> {
  const server = await StoreServer.start(kind);
  try {
    const store = server.fresh();
    const replicas = await Replicas.start({ store, config, accessTokenSecs: 3_600, count: number, settings: { CLAIMCHECK_IDLE_SECS: '43200' } });
    const browser = new Browser();
    await signIn(browser, replicas, ada, board());
    const { port, process } = replicas.replicas[0]!;
    const headers = { ...NAVIGATION, host: new URL(replicas.origin).host, 'sec-fetch-site': 'none', cookie: browser.cookieHeader(replicas.origin + board()) };
    return { number, replicas, server, store, target: { pid: process.pid, url: `http://127.0.0.1:${port}${board()}`, headers } };
  } catch (error) {
    await server.end();
    throw error;
  }
}

async function atRest(fleet: Fleet): Promise<Idle> {
  const cpus = () => Promise.all(fleet.replicas.replicas.map(({ process }) => cpuAtRest(process.pid)));
  const [before, asks, begun] = [await cpus(), asked(fleet), performance.now()];
  await sleep(IDLE_SECS * 1_000);
  const [after, secs] = [await cpus(), (performance.now() - begun) / 1_000];
  return { cpu: mean(after.map((cpu, index) => (cpu - before[index]!) / secs)), asks: (asked(fleet) - asks) / secs / fleet.number };
}

/** Statements that the database has had, without those that ask for it. */
function asked({ server, store }: Fleet): number {
  if (server.kind === 'postgres') {
    // From another database of the server: statements are counted by database.
    const name = new URL(store).pathname.slice(1);
    const query = `SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '${name}'`;
    return Number(execFileSync('psql', ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--command', query, server.url]).toString());
  }
  const { hostname, port, password } = new URL(store);
  const env = { ...process.env, REDISCLI_AUTH: password };
  const info = () => execFileSync('redis-cli', ['-h', hostname, '-p', port, 'INFO', 'commandstats'], { env }).toString();
  const own = new Set(['info', 'auth', 'hello', 'ping', 'client|setinfo', 'command|docs']);
  return [...info().matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].reduce((all, [, name = '', calls]) => (own.has(name) ? all : all + Number(calls)), 0);
}
