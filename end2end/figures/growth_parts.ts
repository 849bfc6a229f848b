// The parts of growth.ts on one process: sessions, panels, rows, open tabs.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Person, signInMany } from '../faults/people.ts';
import { BOARD, World } from '../faults/world.ts';
import { ada } from '../support/providers.ts';
import type { Growth } from './growth.ts';
import { onBench } from './support/bench.ts';
import { Browser, closeConnections, NAVIGATION } from './support/browser.ts';
import type { Point } from './support/fit.ts';
import { sent, spell } from './support/load.ts';
import { board } from './support/pages.ts';
import { count, line, quantile } from './support/report.ts';
import { signIn } from './support/sign_in.ts';
import { fill } from './support/store_size.ts';
import { Tabs } from './support/tabs.ts';
import { cpuByTicks, memory } from './support/usage.ts';

const REQUESTS = count('REQUESTS', 500);
const ROUNDS = count('ROUNDS', 10);
const WARM_UP = count('WARM_UP', 100);
const REST_SECS = count('REST_SECS', 30);
/** Multiplies the numbers of sessions and of tabs; a fraction is enough to see whether the figure works. */
const SCALE = count('SCALE', 1);

/** What other programs on the machine may add to a page; a search through all sessions would be much more. */
const NOISE_MICROS = 500;

const SESSIONS_IN_SQLITE = [100, 1_000, 10_000, 50_000];
const SESSIONS_IN_MEMORY = [1_000, 2_000, 3_000, 4_000];
const PANELS = [1, 2, 4, 8, 16];
/** A table shows 2,000 rows at most, and the page of an API has 1,000. */
const ROWS = [10, 50, 200, 1_000];
const TABS = [500, 1_000, 2_000];

const scaled = (numbers: number[]) => numbers.map((number) => Math.max(8, Math.round(number * SCALE)));

/** Microseconds of CPU of the app for a page, the median of the rounds. */
async function cpuOfPage(bench: { origin: string; app: { pid: number } }, browser: Browser, path: string): Promise<number> {
  const url = bench.origin + path;
  const target = { pid: bench.app.pid, url, headers: { ...NAVIGATION, 'sec-fetch-site': 'none', cookie: browser.cookieHeader(url) } };
  await spell(target, WARM_UP, 1);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push((await spell(target, Math.ceil(REQUESTS / ROUNDS), 1)).cpu * 1_000);
  return quantile(rounds, 0.5);
}

export async function sessions(): Promise<Growth[]> {
  const inSqlite: Point[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-figures-'));
  try {
    const address = `sqlite:${join(folder, 'claimcheck.db')}`;
    await onBench({ provider: 'demo', store: 'sqlite', address }, async (bench) => {
      const browser = new Browser();
      await signIn(browser, bench, ada, board());
      let there = 1;
      for (const number of scaled(SESSIONS_IN_SQLITE)) {
        if (number > there) fill(address, number - there);
        there = Math.max(there, number);
        inSqlite.push({ x: number, y: await cpuOfPage(bench, browser, board()) });
        line(`${number} sessions in SQLite: ${inSqlite.at(-1)!.y.toFixed(0)} µs for a page`);
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const [inMemory, bytes]: [Point[], Point[]] = [[], []];
  // A person may have few sessions, and the demo's provider has few people.
  const world = await World.start({ store: 'memory', accessTokenSecs: 3_600, settings: { CLAIMCHECK_IDLE_SECS: '43200' } });
  try {
    const { browser } = await new Person('first').signIn(world);
    const { pid } = world.app.process;
    let there = 1;
    for (const number of scaled(SESSIONS_IN_MEMORY)) {
      await signInMany(world, number - there, `person-${there}`);
      there = number;
      await closeConnections();
      bytes.push({ x: number, y: memory(pid).resident });
      inMemory.push({ x: number, y: await cpuOfPage({ origin: world.origin, app: { pid } }, browser, BOARD) });
      line(`${number} sessions in memory: ${bytes.at(-1)!.y} bytes, ${inMemory.at(-1)!.y.toFixed(0)} µs for a page`);
    }
  } finally {
    await world.stop();
  }
  return [
    { what: 'CPU of a page, by sessions in SQLite', unit: 'µs', kind: 'flat', points: inSqlite, noise: NOISE_MICROS },
    { what: 'CPU of a page, by sessions in memory', unit: 'µs', kind: 'flat', points: inMemory, noise: NOISE_MICROS },
    { what: 'resident memory, by sessions in memory', unit: 'B', kind: 'linear', points: bytes },
  ];
}

/** A board of tables on the bare API, each with a path of its own, so that no two share an answer. */
function tables(id: string, panels: number, rows: number): string {
  const panel = (index: number) => `
[[board.panel]]
title = "Orders ${index}"
kind = "table"
get = "/rows?count=${rows}&of=${id}-${index}"
rows = "$.orders[*]"
total = "$.total"
columns = [
    { key = "id", title = "Order" },
    { key = "customer", title = "Customer" },
    { key = "placed_at", title = "Placed", kind = "date" },
    { key = "status", title = "Status", kind = "tag" },
    { key = "total", title = "Total, €", kind = "number" },
]
`;
  return `\n[[board]]\nid = "${id}"\ntitle = "${id}"\n${Array.from({ length: panels }, (_, index) => panel(index)).join('')}`;
}

/** CPU of pages of boards that differ in one number. */
async function boards(numbers: number[], name: string, board: (number: number) => { panels: number; rows: number }): Promise<Point[]> {
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-figures-'));
  const config = join(folder, 'boards.toml');
  const id = (number: number) => `${name}-${number}`;
  await writeFile(config, numbers.map((number) => tables(id(number), board(number).panels, board(number).rows)).join(''));
  try {
    return await onBench({ provider: 'demo', store: 'sqlite', bare: { slowMs: 0 }, config }, async (bench) => {
      const browser = new Browser();
      await signIn(browser, bench, ada, `/boards/${id(numbers[0]!)}`);
      const points: Point[] = [];
      for (const number of numbers) {
        const path = `/boards/${id(number)}`;
        const url = bench.origin + path;
        const { body } = await sent(url, { ...NAVIGATION, 'sec-fetch-site': 'none', cookie: browser.cookieHeader(url) });
        const { panels, rows } = board(number);
        const seen = (body.toString().match(/<tr\b/g) ?? []).length;
        // Each table has a row of titles.
        if (seen < panels * (rows + 1)) throw new Error(`a board of ${panels} panels with ${rows} rows shows ${seen} rows`);
        points.push({ x: number, y: await cpuOfPage(bench, browser, path) });
        line(`${number} ${name}: ${points.at(-1)!.y.toFixed(0)} µs, ${body.length} bytes`);
      }
      return points;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function panels(): Promise<Growth[]> {
  const points = await boards(PANELS, 'panels', (panels) => ({ panels, rows: 10 }));
  return [{ what: 'CPU of a page, by panels of 10 rows', unit: 'µs', kind: 'linear', points }];
}

export async function rows(): Promise<Growth[]> {
  const points = await boards(ROWS, 'rows', (rows) => ({ panels: 1, rows }));
  return [{ what: 'CPU of a page, by rows of its table', unit: 'µs', kind: 'linear', points }];
}

export async function tabs(): Promise<Growth[]> {
  const numbers = scaled(TABS);
  const [bytes, cpu]: [Point[], Point[]] = [[], []];
  const world = await World.start({ store: 'sqlite', accessTokenSecs: 3_600, settings: { CLAIMCHECK_IDLE_SECS: '43200' } });
  const open: Tabs[] = [];
  try {
    // A session may have eight streams. Each step has its own sessions and its own addresses.
    const people = await signInMany(world, Math.ceil(numbers.at(-1)! / 8) + numbers.length, 'reader');
    const cookies = people.map((person) => person.cookies(world));
    const { port, process } = world.app;
    let there = 0;
    for (const number of numbers) {
      const own = cookies.splice(0, Math.ceil((number - there) / 8));
      const more = await Tabs.open({ port, host: `localhost:${port}`, count: number - there, cookies: own, network: `127.${20 + open.length}` });
      open.push(more);
      const counts = await Promise.all(open.map((tabs) => tabs.counts()));
      const streams = counts.reduce((all, each) => all + each.open, 0);
      if (streams !== number) throw new Error(`${streams} of ${number} streams are open: ${JSON.stringify(counts)}`);
      there = number;
      const [before, start] = [cpuByTicks(process.pid), performance.now()];
      await sleep(REST_SECS * 1_000);
      const perSecond = ((cpuByTicks(process.pid) - before) * 1_000) / (performance.now() - start);
      cpu.push({ x: number, y: perSecond });
      bytes.push({ x: number, y: memory(process.pid).resident });
      line(`${number} tabs: ${bytes.at(-1)!.y} bytes, ${perSecond.toFixed(2)} ms of CPU a second`);
    }
  } finally {
    await Promise.all(open.map((tabs) => tabs.close()));
    await world.stop();
  }
  return [
    { what: 'resident memory, by open tabs', unit: 'B', kind: 'linear', points: bytes },
    // Of each tab: that of all must be linear, and the process's own share is divided among more of them.
    { what: 'CPU a second at rest of each tab', unit: 'µs', kind: 'flat', points: cpu.map(({ x, y }) => ({ x, y: (y * 1_000) / x })), noise: 5 },
  ];
}
