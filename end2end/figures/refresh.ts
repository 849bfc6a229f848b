// How long a page waits for a refresh of the access token, with a provider that answers as usual. Shortly before the token
// ends, the page uses it and the refresh runs beside it; after the end, the page waits for it. Each is compared with a
// page of the same session whose token is valid and not due.
import { setTimeout as sleep } from 'node:timers/promises';
import { onBench, type Bench } from './support/bench.ts';
import type { Browser } from './support/browser.ts';
import { board, sight } from './support/pages.ts';
import { count, line, millis, promise, quantile, table } from './support/report.ts';
import { signedIn, tokensToEnd } from './race.ts';

const SESSIONS = count('SESSIONS', 30);
/** A refresh is due when between a fifth and a quarter of it is left, and callers wait for it only in the last 10 seconds. */
const TTL_SECS = count('ACCESS_TOKEN_SECS', 75);
const DUE_SECS = TTL_SECS * 0.8 + 0.5;
const AHEAD_AT_MOST_MS = 10;
const WAIT_AT_MOST_MS = 50;

export async function refresh(): Promise<void> {
  line(`${SESSIONS} sessions in SQLite, one after the other, at npm's oidc-provider; access tokens live ${TTL_SECS} s.`);
  await onBench({ provider: 'oidc-provider', store: 'sqlite', accessTokenSecs: TTL_SECS }, async (bench) => {
    const browsers = await signedIn(bench, SESSIONS);
    const since = performance.now();
    await views(bench, browsers);
    const valid = await views(bench, browsers);
    const refreshesThen = bench.refreshes().length;
    await sleep(Math.max(0, DUE_SECS * 1_000 - (performance.now() - since)));
    const ahead = await views(bench, browsers);
    const refreshesAhead = bench.refreshes().length - refreshesThen;
    await tokensToEnd(TTL_SECS);
    const ended = await views(bench, browsers);
    const refreshesAfter = bench.refreshes().length - refreshesThen - refreshesAhead;
    promise(`no refresh while tokens were valid, one for each session before the end, and one after it`, refreshesThen === 0 && refreshesAhead === SESSIONS && refreshesAfter === SESSIONS);

    const median = (all: number[]) => quantile(all, 0.5);
    const row = (name: string, all: number[]) => [name, millis(median(all)), millis(quantile(all, 0.95)), millis(median(all) - median(valid))];
    table(['first page whose token', 'median', '95 of 100', 'more than valid'], [row('is valid', valid), row('is about to end', ahead), row('has ended', ended)]);
    const waits = { 'about to end': [ahead, AHEAD_AT_MOST_MS], 'has ended': [ended, WAIT_AT_MOST_MS] } as const;
    for (const [name, [all, atMost]] of Object.entries(waits)) {
      const wait = median([...all]) - median(valid);
      promise(`token ${name}: the page comes ${millis(wait)} later, at most ${millis(atMost)}`, wait <= atMost);
    }
  });
}

/** One page of each session, one after the other; how long each took. */
async function views(bench: Bench, browsers: Browser[]): Promise<number[]> {
  const times: number[] = [];
  for (const browser of browsers) {
    const page = await browser.get(bench.origin + board());
    if (sight(page) !== 'data') throw new Error(`a page showed: ${sight(page)}`);
    times.push(page.ms);
  }
  // A refresh beside the last page ends.
  await sleep(500);
  return times;
}
