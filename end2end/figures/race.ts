// Many pages of one session when its access token expires, with a refresh token that is valid once (rotation with reuse
// detection: a second use ends everything). Every page must have its data, with one refresh for all of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { ada } from '../support/providers.ts';
import { onBench, STORES, type Bench } from './support/bench.ts';
import { Browser } from './support/browser.ts';
import { board, isSignedIn, sight } from './support/pages.ts';
import { count, line, millis, promise, quantile, table, tally } from './support/report.ts';
import { signIn } from './support/sign_in.ts';

const PAGES = count('PAGES', 50);
const ROUNDS = count('ROUNDS', 5);
const TTL_SECS = count('ACCESS_TOKEN_SECS', 8);

/** One board: its pages share one fetch in the app. As many boards as pages: each page needs the token itself. */
const BOARDS = { 'the same board': 1, 'a board each': PAGES };

export async function race(): Promise<void> {
  line(`${PAGES} parallel page loads on one session, ${ROUNDS} sessions each; access tokens live ${TTL_SECS} s and have ended.`);
  const rows: (string | number)[][] = [];
  for (const store of STORES) {
    await onBench({ provider: 'oidc-provider', store, accessTokenSecs: TTL_SECS, boards: PAGES }, async (bench) => {
      for (const [name, boards] of Object.entries(BOARDS)) {
        const rounds = await sessionsInARow(bench, boards);
        rounds.forEach((round, index) => rows.push([`${store}, ${name}, ${index + 1}`, ...round]));
      }
      promise(`${store}: no refresh was refused`, bench.refreshes().every(({ status }) => status === 200));
      promise(`${store}: the provider does refuse a refresh token used twice`, (await replayed(bench)) === 400);
    });
  }
  table(['store, pages, round', 'with data', 'median', 'worst', 'refreshes', 'signed in afterwards', 'next refresh'], rows);
  const isRight = ([, data, , , refreshes]: (string | number)[]) => data === `${PAGES} data` && refreshes === 1;
  promise(`${PAGES} pages with data and 1 refresh, each time`, rows.every(isRight));
  promise('everyone signed in afterwards, and refreshed once more', rows.every((row) => row[5] === 'yes' && row[6] === 'works'));
}

/** Signs all in, lets their tokens expire, and races one session after the other. */
async function sessionsInARow(bench: Bench, boards: number): Promise<(string | number)[][]> {
  const browsers = await signedIn(bench, ROUNDS);
  await tokensToEnd();
  const rounds: (string | number)[][] = [];
  for (const browser of browsers) {
    const before = bench.refreshes().length;
    const pages = await loads(browser, bench, PAGES, boards);
    const refreshes = bench.refreshes().length - before;
    const after = await browser.get(bench.origin + board());
    const [median, worst] = [0.5, 1].map((share) => millis(quantile(pages.map(({ ms }) => ms), share))) as [string, string];
    const isIn = isSignedIn(after) && sight(after) === 'data';
    rounds.push([tally(pages.map(sight)), median, worst, refreshes, isIn ? 'yes' : 'NO']);
  }
  await tokensToEnd();
  for (const [index, browser] of browsers.entries()) {
    const before = bench.refreshes().length;
    const page = await browser.get(bench.origin + board());
    const works = sight(page) === 'data' && bench.refreshes().length === before + 1;
    rounds[index]?.push(works ? 'works' : 'DOES NOT WORK');
  }
  return rounds;
}

/** Sends the first refresh again: the status shows whether this provider would have noticed. */
async function replayed(bench: Bench): Promise<number> {
  const { path, requestHeaders, form } = bench.refreshes()[0]!;
  const headers = { authorization: requestHeaders.authorization ?? '' };
  return (await fetch(bench.provider.origin + path, { method: 'POST', headers, body: new URLSearchParams(form) })).status;
}

export async function signedIn(bench: Bench, people: number): Promise<Browser[]> {
  const browsers = Array.from({ length: people }, () => new Browser());
  for (const browser of browsers) await signIn(browser, bench, ada);
  return browsers;
}

/** Parallel page loads of one session, spread over this many boards. */
export function loads(browser: Browser, bench: Bench, pages: number, boards: number) {
  return Promise.all(Array.from({ length: pages }, (_, index) => browser.get(bench.origin + board(index % boards))));
}

export function tokensToEnd(secs = TTL_SECS): Promise<void> {
  return sleep(secs * 1_000 + 500);
}
