// A page of 50 orders by the app and by its peer: Express, express-openid-connect and EJS with NODE_ENV=production,
// with the same provider and the same API. Both keep their sessions in memory, and send the page without compression.
// Requests per second, one at a time and sixteen at once, and the memory of each process afterwards.
//
// Provider, API and client run on the same machine and slow both; on two cores they limit the faster one, so its lead
// is understated. The two take turns; a ratio is the median over the rounds. Each session has one request at a time,
// because the app makes one API call for concurrent requests of a session.
import { fileURLToPath } from 'node:url';
import { ada } from '../support/providers.ts';
import { onBench, type Bench } from './support/bench.ts';
import { Browser, closeConnections, NAVIGATION, type Page } from './support/browser.ts';
import { spell, type Spell, type Target } from './support/load.ts';
import { rows } from './support/pages.ts';
import { signInAtPeer, startPeer, type Peer } from './support/peer.ts';
import { count, line, megabytes, millis, promise, quantile, table } from './support/report.ts';
import { signIn } from './support/sign_in.ts';
import { memory } from './support/usage.ts';

const REQUESTS = count('REQUESTS', 3_000);
const ROUNDS = count('ROUNDS', 6);
const WARM_UP = count('WARM_UP', 500);
/** More than there are concurrent requests, so that a slow response does not overlap the next request of its session. */
const SESSIONS = count('SESSIONS', 64);
const AT_ONCE = [1, 16];
const ROWS = 50;
const PATH = '/boards/orders';
const CONFIG = fileURLToPath(new URL('support/peer.toml', import.meta.url));

export async function peer(): Promise<void> {
  line(`${REQUESTS} requests each in ${ROUNDS} rounds, taking turns, of ${SESSIONS} sessions each, after ${WARM_UP} to warm up.`);
  await onBench({ provider: 'demo', store: 'memory', config: CONFIG }, async (bench) => {
    const other = await startPeer(bench);
    try {
      await compare(bench, other);
    } finally {
      await other.process.stop();
    }
  });
}

async function compare(bench: Bench, other: Peer): Promise<void> {
  const url = bench.origin + PATH;
  const ours = await signedIn(url, (browser) => signIn(browser, bench, ada, PATH));
  const theirs = await signedIn(other.url, (browser) => signInAtPeer(browser, bench, other, ada));
  promise(`both pages show the same ${ROWS} orders`, ours.orders.length === ROWS && ours.orders.join() === theirs.orders.join());
  line(`${ours.bytes} bytes of HTML by the app, ${theirs.bytes} by the peer.`);
  const app: Target = { pid: bench.app.pid, url, headers: ours.headers };
  const peer: Target = { pid: other.process.pid, url: other.url, headers: theirs.headers };

  const measured: string[][] = [];
  for (const atOnce of AT_ONCE) {
    const spells = await takeTurns(app, peer, atOnce);
    const rate = (who: 'app' | 'peer') => quantile(spells.map((each) => each[who].perSecond), 0.5).toFixed(0);
    const ratio = quantile(spells.map((each) => each.app.perSecond / each.peer.perSecond), 0.5);
    const cpu = (who: 'app' | 'peer') => quantile(spells.map((each) => each[who].cpu), 0.5);
    const cpuRatio = quantile(spells.map((each) => each.app.cpu / each.peer.cpu), 0.5);
    measured.push([`requests a second, ${atOnce} at once`, rate('app'), rate('peer'), ratio.toFixed(2)]);
    measured.push([`CPU of a page, ${atOnce} at once`, millis(cpu('app')), millis(cpu('peer')), cpuRatio.toFixed(2)]);
  }
  await closeConnections();
  const [appMemory, peerMemory] = [memory(app.pid), memory(peer.pid)];
  for (const [name, key] of [['memory after it', 'resident'], ['memory, the most', 'peak']] as const) {
    const [mine, its] = [appMemory[key], peerMemory[key]];
    measured.push([name, megabytes(mine), megabytes(its), (mine / its).toFixed(2)]);
  }
  table(['', 'app', 'peer', 'app / peer'], measured);
}

async function takeTurns(app: Target, peer: Target, atOnce: number): Promise<{ app: Spell; peer: Spell }[]> {
  for (const target of [app, peer]) await spell(target, WARM_UP, atOnce);
  const requests = Math.ceil(REQUESTS / ROUNDS);
  const spells: { app: Spell; peer: Spell }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // Each round starts with another one, so that other load affects both equally.
    if (round % 2) {
      const second = await spell(peer, requests, atOnce);
      spells.push({ app: await spell(app, requests, atOnce), peer: second });
    } else {
      spells.push({ app: await spell(app, requests, atOnce), peer: await spell(peer, requests, atOnce) });
    }
  }
  return spells;
}

/** This many sessions; returns the page of the last one, and the headers for each request in turn. */
async function signedIn(url: string, signIn: (browser: Browser) => Promise<Page>) {
  const cookies: string[] = [];
  let page: Page | undefined;
  for (let index = 0; index < SESSIONS; index++) {
    const browser = new Browser();
    page = await signIn(browser);
    if (rows(page.body) !== ROWS) throw new Error(`the page shows ${rows(page.body)} orders with ${page.status}:\n${page.body.slice(0, 2_000)}`);
    cookies.push(browser.cookieHeader(url));
  }
  return {
    orders: page ? ids(page) : [],
    bytes: Buffer.byteLength(page?.body ?? ''),
    headers: (index: number) => ({ ...NAVIGATION, 'sec-fetch-site': 'none', cookie: cookies[index % cookies.length]! }),
  };
}

/** The first cell of every row, without its markup. */
function ids({ body }: Page): string[] {
  const table = /<tbody[\s\S]*?<\/tbody>/.exec(body)?.[0] ?? '';
  return [...table.matchAll(/<tr\b[^>]*>\s*<th\b[^>]*>([\s\S]*?)<\/th>/g)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, '').trim());
}
