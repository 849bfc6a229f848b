// A hundred thousand sessions in each store: their memory and disk space, and whether the page of one of them is as
// fast as among a hundred.
//
// In a database the others are made up, in realistic sizes. The memory store can only be filled by real sign-ins, which
// takes time: it is measured with fewer.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ada, jonas } from '../support/providers.ts';
import { StoreServer } from '../support/stores.ts';
import { onBench, type Bench } from './support/bench.ts';
import { Browser, closeConnections } from './support/browser.ts';
import { crowd } from './support/crowd.ts';
import { board, isSignedIn, sight } from './support/pages.ts';
import { count, line, megabytes, millis, promise, quantile, table } from './support/report.ts';
import { signIn } from './support/sign_in.ts';
import { fill, sizeOf } from './support/store_size.ts';
import { disk, memory } from './support/usage.ts';

const SESSIONS = count('SESSIONS', 100_000);
const IN_MEMORY = count('IN_MEMORY', 10_000);
const FEW = 100;
const PAGES = count('PAGES', 1_000);
const WARM_UP = 100;
const AT_ONCE = count('AT_ONCE', 16);
const KINDS = ['memory', 'sqlite', 'postgres', 'redis'] as const;
/** For a page of some milliseconds, a factor of two can be noise; a search through all rows would be much more. */
const AT_MOST = 2;

interface Reading {
  median: number;
  late: number;
  app: number;
  store: number;
  disk: number;
}

export async function hundredThousand(): Promise<void> {
  line(`A page of one session among ${FEW} and among ${SESSIONS} (${IN_MEMORY} in memory), ${PAGES} loads one after the other.`);
  const kinds = KINDS.filter((kind) => (process.env.STORE ?? KINDS.join()).split(',').includes(kind));
  const rows: string[][] = [];
  for (const kind of kinds) {
    const sessions = kind === 'memory' ? IN_MEMORY : SESSIONS;
    const [few, many] = await inStore(kind, sessions);
    const each = (of: (reading: Reading) => number) => `${((of(many) - of(few)) / (sessions - FEW)).toFixed(0)} B`;
    rows.push([
      `${kind}, ${sessions}`,
      ...[few, many].map(({ median, late }) => `${millis(median)} / ${millis(late)}`),
      megabytes(many.app),
      each(({ app }) => app),
      ...(many.store ? [megabytes(many.store), each(({ store }) => store)] : ['', '']),
      ...(many.disk ? [megabytes(many.disk), each(({ disk }) => disk)] : ['', '']),
    ]);
    const promised = `a page among ${sessions} sessions takes at most ${AT_MOST} times as long as among ${FEW}`;
    promise(`${kind}: ${promised}`, many.median <= few.median * AT_MOST);
  }
  table(
    [
      'store, sessions',
      `page among ${FEW}: median / 99th percentile`,
      'among all',
      'memory of the app',
      'each session',
      "of the store's server",
      'each session',
      'disk',
      'each session',
    ],
    rows,
  );
}

async function inStore(kind: (typeof KINDS)[number], sessions: number): Promise<[Reading, Reading]> {
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-figures-'));
  const server = kind === 'postgres' || kind === 'redis' ? await StoreServer.start(kind) : undefined;
  const file = join(folder, 'claimcheck.db');
  const address = server?.fresh() ?? (kind === 'sqlite' ? `sqlite:${file}` : 'memory:');
  try {
    return await onBench({ provider: 'demo', store: kind, address }, async (bench) => {
      const browser = new Browser();
      await signIn(browser, bench, ada);
      const add = (sessions: number) => (kind === 'memory' ? people(bench, sessions) : fill(address, sessions));
      const read = async (): Promise<Reading> => {
        const times = await loads(bench, browser);
        await closeConnections();
        const own = disk(kind === 'sqlite' ? file : undefined);
        const { memory: store, disk: bytes } = server ? sizeOf(server, address) : { memory: 0, disk: own.database + own.log };
        const app = memory(bench.app.pid).resident;
        return { median: quantile(times, 0.5), late: quantile(times, 0.99), app, store, disk: bytes };
      };
      await add(FEW - 1);
      const few = await read();
      await add(sessions - FEW);
      return [few, await read()];
    });
  } finally {
    await server?.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The time of each in milliseconds. */
async function loads(bench: Bench, browser: Browser): Promise<number[]> {
  const times: number[] = [];
  for (let load = 0; load < WARM_UP + PAGES; load++) {
    const page = await browser.get(bench.origin + board());
    if (sight(page) !== 'data') throw new Error(`a page showed: ${sight(page)}`);
    if (load >= WARM_UP) times.push(page.ms);
  }
  return times;
}

async function people(bench: Bench, sessions: number): Promise<void> {
  await crowd(sessions, AT_ONCE, async (index) => {
    const page = await signIn(new Browser(), bench, index % 2 ? jonas : ada);
    if (!isSignedIn(page)) throw new Error(`a sign-in ended with ${page.status}`);
    // The recorded exchanges are not needed here, and would pile up.
    if (index % 100 === 0) bench.provider.forget();
  });
}
