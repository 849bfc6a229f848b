// Time to the last byte of a board of eight panels while one of its eight API calls takes seconds: the page must not
// wait for it. The slow panel shows that it is loading, the other seven have their data. The island fetches the slow
// panel afterwards, which the browser tests cover.
//
// Every request has its own session, so that none benefits from an earlier call.
import { ada } from '../support/providers.ts';
import { onBench, type Bench } from './support/bench.ts';
import { Browser, type Page } from './support/browser.ts';
import { count, line, millis, promise, quantile, table } from './support/report.ts';
import { signIn } from './support/sign_in.ts';

const LOADS = count('LOADS', 10);
const SLOW_MS = count('SLOW_MS', 5_000);
const PANELS = 8;
const AT_MOST_MS = 1_200;

export async function slowApi(): Promise<void> {
  line(`One of ${PANELS} API calls takes ${SLOW_MS} ms; ${LOADS} loads one after the other, and as many at once.`);
  await onBench({ provider: 'demo', store: 'sqlite', bare: { slowMs: SLOW_MS } }, async (bench) => {
    const apart: Page[] = [];
    for (const browser of await people(bench)) apart.push(await browser.get(board(bench)));
    const together = await Promise.all((await people(bench)).map((browser) => browser.get(board(bench))));
    table(
      ['loads', 'median', 'worst'],
      [
        ['one after the other', apart],
        ['at once', together],
      ].map(([name, pages]) => [name as string, millis(at(pages as Page[], 0.5)), millis(at(pages as Page[], 1))]),
    );
    const all = [...apart, ...together];
    promise(`every last byte within ${AT_MOST_MS} ms`, at(all, 1) <= AT_MOST_MS);
    promise(`every page had the data of ${PANELS - 1} panels, and said that one is still loading`, all.every(isHonest));
  });
}

function board(bench: Bench): string {
  return `${bench.origin}/boards/slow`;
}

/** Users signed in on the way to another board. */
function people(bench: Bench): Promise<Browser[]> {
  return Promise.all(
    Array.from({ length: LOADS }, async () => {
      const browser = new Browser();
      await signIn(browser, bench, ada, '/boards/table');
      return browser;
    }),
  );
}

function isHonest({ body }: Page): boolean {
  return body.split('<tbody').length - 1 === PANELS - 1 && body.split('Still loading').length - 1 === 1;
}

function at(pages: Page[], share: number): number {
  return quantile(pages.map(({ ms }) => ms), share);
}
