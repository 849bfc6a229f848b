// CPU time (user and system) of the app's process for one page of a board, compared with its components: a bare axum
// handler that makes the same API calls, and a bare Leptos page of the same size and number of panels. A board costs at
// most 1.3 times their sum, without compression, which the bare programs do not have. Then the board as compressed for
// clients that accept brotli, zstd, or all that Chromium does: brotli costs at most 1.25 times the board without.
//
// The contestants take turns, REQUESTS / ROUNDS at a time. A ratio is the median over the rounds, because other load on
// the machine slows all contestants of a round. STORE=memory selects another store; CLAIMCHECK_BEFORE=PATH adds another
// binary of the app.
import { ada } from '../support/providers.ts';
import { paths, startHandler, startPage } from './support/bare.ts';
import { BEFORE, onBench, STORES, type Bench } from './support/bench.ts';
import { Browser, NAVIGATION } from './support/browser.ts';
import { sent, spell, type Spell, type Target } from './support/load.ts';
import { count, line, promise, quantile, table } from './support/report.ts';
import { signIn } from './support/sign_in.ts';
import { inTurns } from './support/turns.ts';

const REQUESTS = count('REQUESTS', 2_500);
const ROUNDS = count('ROUNDS', 10);
const WARM_UP = count('WARM_UP', 300);
const AT_ONCE = [4, 1];
/** Of the bare handler and the bare page together. */
const AT_MOST = 1.3;
/** Of the board without compression. */
const BROTLI_AT_MOST = 1.25;

const STORE = STORES.find((store) => store === process.env.STORE) ?? 'sqlite';
const BOARDS = [
  { id: 'table', about: 'a table of 50 rows' },
  { id: 'eight', about: 'eight panels' },
];
const ENCODINGS = { brotli: 'br', zstd: 'zstd', 'as Chromium': 'gzip, deflate, br, zstd' };

/** An app with a session. */
interface Served {
  name: string;
  bench: Bench;
  browser: Browser;
}

interface Contestant {
  name: string;
  target: Target;
  /** Of the HTML, as sent. */
  bytes: number;
  /** How it was compressed. */
  encoding: string;
}

interface Tables {
  parts: string[][];
  compressed: string[][];
}

export async function boardCpu(): Promise<void> {
  line(`${REQUESTS} requests each in ${ROUNDS} rounds, taking turns, after ${WARM_UP} to warm up; the store is ${STORE}.`);
  line('Microseconds of CPU for one request, medians; requests a second in parentheses.');
  const tables: Tables = { parts: [], compressed: [] };
  await onApp('board', undefined, async (app) => {
    const compareAll = async (apps: Served[]) => {
      for (const board of BOARDS) await compare(apps, board, tables);
    };
    if (BEFORE) await onApp('before', BEFORE, (before) => compareAll([app, before]));
    else await compareAll([app]);
  });
  table(['board, requests at once', 'who', 'CPU', 'of handler + page'], tables.parts);
  table(['board, requests at once', 'who', 'compressed by', 'bytes', 'CPU', 'of the board without'], tables.compressed);
}

function onApp(name: string, binary: string | undefined, measure: (app: Served) => Promise<void>): Promise<void> {
  return onBench({ provider: 'demo', store: STORE, bare: { slowMs: 0 }, ...(binary && { binary }) }, async (bench) => {
    const browser = new Browser();
    await signIn(browser, bench, ada, '/boards/table');
    await measure({ name, bench, browser });
  });
}

/** Compares one board; `apps` begins with the one that promises something. */
async function compare(apps: Served[], board: (typeof BOARDS)[number], tables: Tables): Promise<void> {
  const panels = paths(board.id).length;
  const plain: Contestant[] = [];
  const packed: { contestant: Contestant; of: number }[] = [];
  for (const [of, app] of apps.entries()) {
    const contestant = await contestantOf(app, board.id);
    const body = (await sent(contestant.target.url, headersOf(contestant.target))).body.toString();
    const hasAll = body.split(/<section\b[^>]*\bid="?panel-/).length - 1 === panels && !/data-part="?(wait|retry)["\s>]/.test(body);
    promise(`${board.about}, ${app.name}: the page shows what its ${panels} calls gave`, hasAll);
    plain.push(contestant);
    for (const [name, accepted] of Object.entries(ENCODINGS)) {
      packed.push({ contestant: await contestantOf(app, board.id, name, accepted), of });
    }
  }
  const { bench } = apps[0]!;
  const handler = await startHandler(bench, board.id);
  const page = await startPage(panels, plain[0]!.bytes);
  try {
    const bare: Contestant[] = [
      { name: 'bare handler', target: { pid: handler.process.pid, url: handler.url, headers: {} }, bytes: 0, encoding: '' },
      { name: 'bare page', target: { pid: page.process.pid, url: page.url, headers: {} }, bytes: (await sent(page.url, {})).body.length, encoding: '' },
    ];
    line(`${board.about}: ${plain[0]!.bytes} bytes of HTML; the bare page has ${bare[1]!.bytes}.`);
    const all = [...bare, ...plain, ...packed.map(({ contestant }) => contestant)];
    for (const atOnce of AT_ONCE) {
      for (const { target } of all) await spell(target, WARM_UP, atOnce);
      const spells = await inTurns(all, ROUNDS, ({ target }) => spell(target, Math.ceil(REQUESTS / ROUNDS), atOnce));
      const [handlers, pages] = spells as [Spell[], Spell[]];
      const where = `${board.about}, ${atOnce}`;
      for (const [index, { name }] of [...bare, ...plain].entries()) {
        const ratio = median(spells[index]!, ({ cpu }, round) => cpu / (handlers[round]!.cpu + pages[round]!.cpu));
        tables.parts.push([where, name, cell(spells[index]!), index < bare.length ? '' : ratio.toFixed(2)]);
        if (index !== bare.length) continue;
        promise(`${where} at once: ${ratio.toFixed(2)} times handler and page together, at most ${AT_MOST}`, ratio <= AT_MOST);
      }
      for (const [index, { contestant, of }] of packed.entries()) {
        const mine = spells[bare.length + plain.length + index]!;
        const without = spells[bare.length + of]!;
        const ratio = median(mine, ({ cpu }, round) => cpu / without[round]!.cpu);
        tables.compressed.push([where, contestant.name, contestant.encoding, String(contestant.bytes), cell(mine), ratio.toFixed(2)]);
        if (index > 0) continue;
        const isBrotli = contestant.encoding === 'br';
        promise(`${where} at once: ${ratio.toFixed(2)} times the board without brotli, at most ${BROTLI_AT_MOST}`, isBrotli && ratio <= BROTLI_AT_MOST);
      }
    }
  } finally {
    await Promise.all([handler, page].map(({ process }) => process.stop()));
  }
}

/** The board as an app sends it to a client that accepts these encodings. */
async function contestantOf({ name, bench, browser }: Served, board: string, encoding = '', accepted = ''): Promise<Contestant> {
  const url = `${bench.origin}/boards/${board}`;
  const headers = { ...NAVIGATION, 'sec-fetch-site': 'none', cookie: browser.cookieHeader(url), ...(accepted && { 'accept-encoding': accepted }) };
  const answer = await sent(url, headers);
  return {
    name: encoding ? `${name}, ${encoding}` : name,
    target: { pid: bench.app.pid, url, headers },
    bytes: answer.body.length,
    encoding: answer.headers['content-encoding'] ?? 'nothing',
  };
}

function headersOf({ headers }: Target) {
  return typeof headers === 'function' ? headers(0) : headers;
}

function cell(spells: Spell[]): string {
  return `${(median(spells, ({ cpu }) => cpu) * 1_000).toFixed(0)} (${median(spells, ({ perSecond }) => perSecond).toFixed(0)})`;
}

function median<T>(values: T[], of: (value: T, index: number) => number): number {
  return quantile(values.map(of), 0.5);
}
