// CPU time (user and system) of the app's process for one page of a board, compared with its components: a bare axum
// handler that makes the same API calls, and a bare Leptos page of the same size and number of panels. A board costs at
// most twice their sum. The session, its decryption, the checks of the request, the selection of rows and the response
// headers may cost as much again.
//
// Without compression, which the bare programs do not have; its cost for the board is in a separate column. The
// contestants take turns, REQUESTS / ROUNDS at a time. The ratio is the median over the rounds, because other load on
// the machine slows all contestants of a round. STORE=memory selects another store.
import { ada } from '../support/providers.ts';
import { paths, startHandler, startPage } from './support/bare.ts';
import { onBench, STORES, type Bench } from './support/bench.ts';
import { Browser, NAVIGATION } from './support/browser.ts';
import { sent, spell, type Spell, type Target } from './support/load.ts';
import { count, line, promise, quantile, table } from './support/report.ts';
import { signIn } from './support/sign_in.ts';

const REQUESTS = count('REQUESTS', 2_500);
const ROUNDS = count('ROUNDS', 10);
const WARM_UP = count('WARM_UP', 300);
const AT_ONCE = [4, 1];
const AT_MOST = 2;

const STORE = STORES.find((store) => store === process.env.STORE) ?? 'sqlite';
const BOARDS = [
  { id: 'table', about: 'a table of 50 rows' },
  { id: 'eight', about: 'eight panels' },
];
const CONTESTANTS = ['board', 'handler', 'page', 'brotli'] as const;
type Contestant = (typeof CONTESTANTS)[number];

export async function boardCpu(): Promise<void> {
  line(`${REQUESTS} requests each in ${ROUNDS} rounds, taking turns, after ${WARM_UP} to warm up; the store is ${STORE}.`);
  line('Microseconds of CPU for one request, medians; requests a second in parentheses.');
  await onBench({ provider: 'demo', store: STORE, bare: { slowMs: 0 } }, async (bench) => {
    const browser = new Browser();
    await signIn(browser, bench, ada, '/boards/table');
    const rows: string[][] = [];
    for (const board of BOARDS) rows.push(...(await compare(bench, browser, board)));
    table(
      ['board, requests at once', 'board', 'bare handler', 'bare page', 'board / (handler + page)', 'board with brotli', 'ratio then'],
      rows,
    );
  });
}

async function compare(bench: Bench, browser: Browser, board: (typeof BOARDS)[number]): Promise<string[][]> {
  const url = `${bench.origin}/boards/${board.id}`;
  const headers = { ...NAVIGATION, 'sec-fetch-site': 'none', cookie: browser.cookieHeader(url) };
  const { body } = await sent(url, headers);
  const panels = paths(board.id).length;
  const hasAll = body.toString().split('<section').length - 1 === panels && !/data-part="(wait|retry)"/.test(body.toString());
  promise(`${board.about}: the page shows what its ${panels} calls gave`, hasAll);
  const handler = await startHandler(bench, board.id);
  const page = await startPage(panels, body.length);
  try {
    const bare = (await sent(page.url, {})).body;
    const packed = (await sent(url, { ...headers, 'accept-encoding': 'br' })).body;
    line(`${board.about}: ${body.length} bytes of HTML, ${packed.length} with brotli; the bare page has ${bare.length}.`);
    const targets: Record<Contestant, Target> = {
      board: { pid: bench.app.pid, url, headers },
      handler: { pid: handler.process.pid, url: handler.url, headers: {} },
      page: { pid: page.process.pid, url: page.url, headers: {} },
      brotli: { pid: bench.app.pid, url, headers: { ...headers, 'accept-encoding': 'br' } },
    };
    const rows: string[][] = [];
    for (const atOnce of AT_ONCE) {
      const spells = await takeTurns(targets, atOnce);
      const cpu = (who: Contestant) => median(spells[who], ({ cpu }) => cpu);
      const cell = (who: Contestant) =>
        `${(cpu(who) * 1_000).toFixed(0)} (${median(spells[who], ({ perSecond }) => perSecond).toFixed(0)})`;
      const ratio = (who: Contestant) =>
        median(spells[who], ({ cpu }, round) => cpu / (spells.handler[round]!.cpu + spells.page[round]!.cpu));
      rows.push([
        `${board.about}, ${atOnce}`,
        ...(['board', 'handler', 'page'] as const).map(cell),
        ratio('board').toFixed(2),
        cell('brotli'),
        ratio('brotli').toFixed(2),
      ]);
      promise(`${board.about}, ${atOnce} at once: ${ratio('board').toFixed(2)} times the two together, at most ${AT_MOST}`, ratio('board') <= AT_MOST);
    }
    return rows;
  } finally {
    await Promise.all([handler, page].map(({ process }) => process.stop()));
  }
}

async function takeTurns(targets: Record<Contestant, Target>, atOnce: number): Promise<Record<Contestant, Spell[]>> {
  for (const who of CONTESTANTS) await spell(targets[who], WARM_UP, atOnce);
  const spells: Record<Contestant, Spell[]> = { board: [], handler: [], page: [], brotli: [] };
  for (let round = 0; round < ROUNDS; round++) {
    // Each round starts with another one, so that other load affects all equally.
    const order = CONTESTANTS.map((_, index) => CONTESTANTS[(index + round) % CONTESTANTS.length]!);
    for (const who of order) spells[who].push(await spell(targets[who], Math.ceil(REQUESTS / ROUNDS), atOnce));
  }
  return spells;
}

function median<T>(values: T[], of: (value: T, index: number) => number): number {
  return quantile(values.map(of), 0.5);
}
