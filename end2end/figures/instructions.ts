// Instructions of the app for one request, counted by callgrind: a signed-in board of a table of 50 rows, and the
// redirect to the provider. Their number depends on compiler and processor, so each is divided by that of bare programs
// from the same build in the same run: for the board, the handler that makes its API call and a page with that many
// rows, as in `board-cpu`; for the redirect, a handler with a response of a few bytes. Nothing is timed. Needs
// valgrind.
import { freePorts } from '../support/process.ts';
import { ada } from '../support/providers.ts';
import { within } from './limits.ts';
import { startAnswer, startApi, startHandler, startPage, type Yardstick } from './support/bare.ts';
import { onBench, type Bench } from './support/bench.ts';
import { Browser, NAVIGATION } from './support/browser.ts';
import { CALLGRIND, instructionsUntilEnd } from './support/callgrind.ts';
import { crowd } from './support/crowd.ts';
import { sent } from './support/load.ts';
import { rows } from './support/pages.ts';
import { count, line, table } from './support/report.ts';
import { signIn } from './support/sign_in.ts';

const BOARDS = count('BOARDS', 100);
const REDIRECTS = count('REDIRECTS', 1_200);
const WARM_UP = count('WARM_UP', 20);

const WANTED = { provider: 'demo', store: 'sqlite', bare: { slowMs: 0 }, under: CALLGRIND } as const;
const ATTEMPTS = 3;
const BOARD = 'table';
const ROWS = 50;
/** About the HTML of that many rows in the bare page. Not the size of the board's page, whose growth must be visible. */
const PAGE_BYTES = 19_100;

export async function instructions(): Promise<void> {
  // Two at a time, one for each core of a small machine.
  const [few, moreBoards] = await Promise.all([app(0, 0), app(BOARDS, 0)]);
  const moreRedirects = await app(0, REDIRECTS);
  const handler = await bareHandler();
  const page = await bare(BOARDS, () => startPage(1, PAGE_BYTES, CALLGRIND));
  const answer = await bare(REDIRECTS, () => startAnswer(CALLGRIND));
  const board = (moreBoards - few) / BOARDS;
  const redirect = (moreRedirects - few) / REDIRECTS;
  line(`Means of ${BOARDS} boards and ${REDIRECTS} redirects, one after the other, after ${WARM_UP} to warm up.`);
  table(
    ['board', 'bare handler', 'bare page', 'redirect', 'bare answer'],
    [[board, handler, page, redirect, answer].map((value) => value.toFixed(0))],
  );
  within('board_instructions', 'instructions of a signed-in board, in bare handler + bare page', board / (handler + page), 3);
  within('redirect_instructions', 'instructions of the redirect to the provider, in bare answers', redirect / answer, 3);
}

/** Instructions of an app with one sign-in that answers this many more requests than another. */
async function app(boards: number, redirects: number): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const counted = await onBench(WANTED, (bench) => countOnce(bench, boards, redirects));
    if (counted !== undefined) return counted;
    // Under callgrind on a busy machine, an API call can exceed the page's render budget.
    if (attempt === ATTEMPTS) throw new Error(`in ${ATTEMPTS} attempts some board came without its rows: the machine is too busy`);
  }
}

/** One attempt; nothing if a board had no rows. */
async function countOnce(bench: Bench, boards: number, redirects: number): Promise<number | undefined> {
  const browser = new Browser();
  const url = `${bench.origin}/boards/${BOARD}`;
  await signIn(browser, bench, ada, `/boards/${BOARD}`);
  const headers = { ...NAVIGATION, 'sec-fetch-site': 'none' };
  const signedIn = { ...headers, cookie: browser.cookieHeader(url) };
  await crowd(WARM_UP, 1, () => sent(url, signedIn));
  let areWhole = true;
  await crowd(boards, 1, async () => {
    const { body } = await sent(url, signedIn);
    areWhole &&= rows(body.toString()) === ROWS;
  });
  await crowd(WARM_UP + redirects, 1, () => sent(`${bench.origin}/auth/sign-in?return_to=%2Fboards%2F${BOARD}`, headers, 303));
  return areWhole ? instructionsUntilEnd(bench.app) : undefined;
}

/** Instructions of a bare program for one response. */
async function bare(requests: number, start: () => Promise<Yardstick>): Promise<number> {
  const counts = await Promise.all(
    [0, requests].map(async (more) => {
      const { process, url } = await start();
      await crowd(WARM_UP + more, 1, () => sent(url, {}));
      return instructionsUntilEnd(process);
    }),
  );
  return (counts[1]! - counts[0]!) / requests;
}

/** The handler that makes the API call of the board; the API is not counted. */
async function bareHandler(): Promise<number> {
  const [port] = (await freePorts(1)) as [number];
  const process = startApi(port, 0);
  const api = `http://127.0.0.1:${port}`;
  try {
    await process.answers(`${api}/rows`, [401]);
    return await bare(BOARDS, () => startHandler({ api, accessToken: () => 'a token that this API takes' }, BOARD, CALLGRIND));
  } finally {
    await process.stop();
  }
}
