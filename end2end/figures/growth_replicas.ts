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
import { spell } from './support/load.ts';
import { board, boards } from './support/pages.ts';
import { count, line, mean } from './support/report.ts';
import { signIn } from './support/sign_in.ts';
import { cpuByTicks } from './support/usage.ts';

const REPLICAS = count('REPLICAS', 4);
const IDLE_SECS = count('IDLE_SECS', 20);
const PAGES = count('PAGES', 300);
/** PostgreSQL counts what a connection has done when it has been idle for up to ten seconds. */
const COUNTED_MS: Record<Served, number> = { postgres: 11_000, redis: 200 };

interface Reading {
  /** Milliseconds of CPU a second of each process at rest. */
  idle: number;
  /** Statements a second of each process at rest. */
  asks: number;
  /** Milliseconds of CPU of the process that is asked for a page. */
  page: number;
  /** Statements for a page. */
  asksOfPage: number;
}

export async function replicas(): Promise<Growth[]> {
  const kinds = SERVED.filter((kind) => (process.env.STORE ?? SERVED.join()).split(',').includes(kind));
  const found: Growth[] = [];
  for (const kind of kinds) {
    const server = await StoreServer.start(kind);
    try {
      const readings: [number, Reading][] = [];
      for (let number = 1; number <= REPLICAS; number++) readings.push([number, await among(server, kind, number)]);
      const by = (what: string, unit: string, of: (reading: Reading) => number, noise: number): Growth => ({
        what: `${what}, by processes on ${kind}`,
        unit,
        kind: 'flat',
        rounds: [readings.map(([x, reading]) => ({ x, y: of(reading) }))],
        noise,
      });
      found.push(
        by('CPU a second of an idle process', 'ms', ({ idle }) => idle, 2),
        by('statements a second of an idle process', '', ({ asks }) => asks, 1),
        by('CPU of a page', 'ms', ({ page }) => page, 0.2),
        by('statements of a page', '', ({ asksOfPage }) => asksOfPage, 0.5),
      );
    } finally {
      await server.end();
    }
  }
  return found;
}

async function among(server: StoreServer, kind: Served, number: number): Promise<Reading> {
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-figures-'));
  const config = join(folder, 'boards.toml');
  await writeFile(config, boards(1));
  const store = server.fresh();
  const settings = { CLAIMCHECK_IDLE_SECS: '43200' };
  const fleet = await Replicas.start({ store, config, accessTokenSecs: 3_600, count: number, settings });
  try {
    const browser = new Browser();
    await signIn(browser, fleet, ada, board());
    const [first] = fleet.replicas;
    const url = `http://127.0.0.1:${first!.port}${board()}`;
    const cookie = browser.cookieHeader(fleet.origin + board());
    const target = { pid: first!.process.pid, url, headers: { ...NAVIGATION, host: new URL(fleet.origin).host, 'sec-fetch-site': 'none', cookie } };
    await spell(target, PAGES / 3, 1);
    await sleep(COUNTED_MS[kind]);
    const statements = () => asked(server, kind, store);

    const cpus = () => fleet.replicas.map(({ process }) => cpuByTicks(process.pid));
    const [before, asks, start] = [cpus(), statements(), performance.now()];
    await sleep(IDLE_SECS * 1_000);
    const secs = (performance.now() - start) / 1_000;
    const idle = mean(cpus().map((cpu, index) => (cpu - before[index]!) / secs));
    const asksAtRest = (statements() - asks) / secs;

    const asksBefore = statements();
    const busy = performance.now();
    const { cpu } = await spell(target, PAGES, 1);
    await sleep(COUNTED_MS[kind]);
    const busySecs = (performance.now() - busy) / 1_000;
    const asksOfPage = (statements() - asksBefore - asksAtRest * busySecs) / PAGES;
    const reading = { idle, asks: asksAtRest / number, page: cpu, asksOfPage };
    line(`${kind}, ${number}: ${JSON.stringify(reading)}`);
    return reading;
  } finally {
    await fleet.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Statements that the database has had, without those that ask for it. */
function asked(server: StoreServer, kind: Served, store: string): number {
  if (kind === 'postgres') {
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
