// A side of the figure `peer`: an app or the peer, how one signs in there, and the page of its sessions.
import { ada, double } from '../../support/providers.ts';
import type { Bench } from './bench.ts';
import { Browser, NAVIGATION, type Page } from './browser.ts';
import type { Target } from './load.ts';
import { rows } from './pages.ts';
import { callbackAtPeer, pageOfPeer, startAtPeer, type Peer } from './peer.ts';
import { callback, passProvider, start } from './sign_in.ts';

/** The board of the app with the peer's only page. */
export const PATH = '/boards/orders';
export const ROWS = 50;

export interface Side {
  name: string;
  pid: number;
  bench: Bench;
  /** The URL of the page. */
  url: string;
  /** The first redirect to the provider. */
  start: (browser: Browser) => Promise<string>;
  /** The callback; its redirect is not followed. */
  callback: (browser: Browser, url: string) => Promise<unknown>;
  page: (browser: Browser) => Promise<Page>;
}

export function sideOfApp(name: string, bench: Bench): Side {
  const url = bench.origin + PATH;
  return {
    name,
    pid: bench.app.pid,
    bench,
    url,
    start: (browser) => start(browser, bench, PATH),
    callback: (browser, back) => callback(browser, back),
    page: (browser) => browser.get(url),
  };
}

export function sideOfPeer(name: string, bench: Bench, peer: Peer): Side {
  return {
    name,
    pid: peer.process.pid,
    bench,
    url: peer.url,
    start: (browser) => startAtPeer(browser, bench, peer),
    callback: (browser, back) => callbackAtPeer(browser, peer, back),
    page: (browser) => pageOfPeer(browser, bench, peer),
  };
}

let people = 0;

/** Signs in somebody who has never been there: one person may have few sessions. Ends before the first page. */
export async function signInAt(side: Side, browser: Browser): Promise<void> {
  const back = await passProvider(browser, side.bench, await side.start(browser), double(ada, people++));
  await side.callback(browser, back);
}

/** A side with its sessions. */
export interface SignedIn {
  side: Side;
  /** The orders on its page. */
  orders: string[];
  bytes: number;
  /** The page, with one of the sessions for each request in turn. */
  target: Target;
}

/** This many sessions. */
export async function signedIn(side: Side, sessions: number): Promise<SignedIn> {
  const cookies: string[] = [];
  let page: Page | undefined;
  for (let index = 0; index < sessions; index++) {
    const browser = new Browser();
    await signInAt(side, browser);
    page = await side.page(browser);
    assertOrders(side, page);
    cookies.push(browser.cookieHeader(side.url));
  }
  const headers = (index: number) => ({ ...NAVIGATION, 'sec-fetch-site': 'none', cookie: cookies[index % cookies.length]! });
  return { side, orders: page ? ids(page) : [], bytes: Buffer.byteLength(page?.body ?? ''), target: { pid: side.pid, url: side.url, headers } };
}

/** Fails if a page does not show its orders. */
export function assertOrders({ name }: Side, page: Page): void {
  if (rows(page.body) !== ROWS) {
    throw new Error(`${name}: the page shows ${rows(page.body)} orders with ${page.status}:\n${page.body.slice(0, 2_000)}`);
  }
}

/** The first cell of every row, without its markup. */
function ids({ body }: Page): string[] {
  const table = /<tbody[\s\S]*?<\/tbody>/.exec(body)?.[0] ?? '';
  return [...table.matchAll(/<tr\b[^>]*>\s*<th\b[^>]*>([\s\S]*?)<\/th>/g)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, '').trim());
}
