// The token endpoint is down while users continue to use their pages: nobody is signed out, the provider is not
// flooded, and the data is back soon after the provider is.
import { setTimeout as sleep } from 'node:timers/promises';
import { loads, signedIn, tokensToEnd } from './race.ts';
import { onBench, STORES, type Bench } from './support/bench.ts';
import type { Browser, Page } from './support/browser.ts';
import { board, isSignedIn, sight } from './support/pages.ts';
import { count, line, millis, promise, quantile, table, tally } from './support/report.ts';

const SESSIONS = count('SESSIONS', 10);
const PER_SECOND = count('PER_SECOND', 5);
const DOWN_SECS = count('DOWN_SECS', 20);
/** Concurrent pages of one session, each of another board: these can share a response, successive pages cannot. */
const BURST = count('BURST', 50);
const TTL_SECS = count('ACCESS_TOKEN_SECS', 8);
/** After recovery, each session is checked at this interval until it has data. */
const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 60_000;

export async function raceDown(): Promise<void> {
  line(`${SESSIONS} sessions whose access tokens have ended; for ${DOWN_SECS} s the token endpoint answers 503;`);
  line(`${PER_SECOND} page loads a second, one session after the other.`);
  const rows: string[][] = [];
  const kept: boolean[] = [];
  for (const store of STORES) {
    await onBench({ provider: 'oidc-provider', store, accessTokenSecs: TTL_SECS, boards: BURST }, async (bench) => {
      const browsers = await signedIn(bench, SESSIONS);
      const tokenPath = bench.provider.exchanges.find(({ form }) => form.grant_type)!.path;
      await tokensToEnd(TTL_SECS);
      bench.provider.play({ kind: 'status', status: 503 }, new RegExp(`^${tokenPath}$`));
      const pages = await loadsWhileDown(browsers, bench);
      const requests = bench.refreshes().length;
      const burst = await loads(browsers[0]!, bench, BURST, BURST);
      const burstRequests = bench.refreshes().length - requests;
      line(`${store}, ${BURST} pages of one session at once: ${tally(burst.map(sight))}; token requests: ${burstRequests}`);

      await bench.provider.heal();
      const recovered = performance.now();
      const backs = await Promise.all(browsers.map((browser) => untilData(browser, bench, recovered)));
      const seconds = backs.map((ms) => ms / 1_000);
      const refreshes = bench.refreshes().length - requests - burstRequests;
      const times = pages.map(({ ms }) => ms);
      rows.push([
        store,
        tally(pages.map((page) => `${sight(page)} (${page.status})`)),
        `${millis(quantile(times, 0.5))} / ${millis(quantile(times, 1))}`,
        String(requests),
        `${quantile(seconds, 0).toFixed(1)} / ${quantile(seconds, 0.5).toFixed(1)} / ${quantile(seconds, 1).toFixed(1)} s`,
        String(refreshes),
      ]);
      kept.push([...pages, ...burst].every(isSignedIn) && seconds.every(Number.isFinite));
    });
  }
  table(
    [
      'store',
      'seen while down',
      'median / worst',
      'token requests while down',
      'data after recovery: first / median / last session',
      'token requests then',
    ],
    rows,
  );
  promise('nobody signed out, and data for everyone afterwards', kept.every(Boolean));
}

async function loadsWhileDown(browsers: Browser[], bench: Bench): Promise<Page[]> {
  const underway: Promise<Page>[] = [];
  for (let load = 0; load < DOWN_SECS * PER_SECOND; load++) {
    underway.push(browsers[load % browsers.length]!.get(bench.origin + board()));
    await sleep(1_000 / PER_SECOND);
  }
  return Promise.all(underway);
}

/** Milliseconds from `since` to the first page with data; infinite if the user is signed out or it never arrives. */
async function untilData(browser: Browser, bench: Bench, since: number): Promise<number> {
  while (performance.now() - since < PATIENCE_MS) {
    const page = await browser.get(bench.origin + board());
    if (sight(page) === 'data') return performance.now() - since;
    if (!isSignedIn(page)) break;
    await sleep(LOOK_EVERY_MS);
  }
  return Infinity;
}
