// The race with a slow provider: no page stays blank, nobody is signed out, and the provider is asked once for each
// session. With SLOW_MS above the app's own limit of five seconds: the cost of giving up on a refresh.
import { setTimeout as sleep } from 'node:timers/promises';
import { onBench, STORES, type Bench } from './support/bench.ts';
import type { Page } from './support/browser.ts';
import { board, isSignedIn, sight } from './support/pages.ts';
import { loads, signedIn, tokensToEnd } from './race.ts';
import { count, line, millis, promise, quantile, table, tally } from './support/report.ts';

const PAGES = count('PAGES', 50);
const TTL_SECS = count('ACCESS_TOKEN_SECS', 15);
const SLOW_MS = count('SLOW_MS', 4_000);

interface Case {
  name: string;
  sessions: number;
  boards: number;
}

export async function raceSlow(): Promise<void> {
  line(`${PAGES} page loads at once; the provider takes ${SLOW_MS} ms to answer at its token endpoint.`);
  const cases: Case[] = [
    { name: 'one session, the same board', sessions: 1, boards: 1 },
    { name: 'one session, a board each', sessions: 1, boards: PAGES },
    { name: `${PAGES} sessions`, sessions: PAGES, boards: 1 },
  ];
  const seen: string[][] = [];
  const later: string[][] = [];
  const kept: boolean[] = [];
  for (const store of STORES) {
    await onBench({ provider: 'oidc-provider', store, accessTokenSecs: TTL_SECS, boards: PAGES }, async (bench) => {
      for (const each of cases) {
        const { pages, refreshes, during, after, healed } = await slowRace(bench, each);
        const name = `${store}, ${each.name}`;
        seen.push([name, ...described(pages), `${refreshes} for ${each.sessions}`]);
        later.push([name, ...[during, after, healed].map((reloads) => tally(reloads.map(sight)))]);
        const everyoneIn = [...pages, ...during, ...after, ...healed].every(isSignedIn);
        kept.push(everyoneIn && refreshes === each.sessions && after.every((page) => sight(page) === 'data'));
      }
      const statuses = bench.refreshes().map(({ status }) => status);
      line(`${store}, in the app's log: ${tally(troubles(bench))}.`);
      const answers = tally(statuses.map((status) => `× ${status}`));
      promise(`${store}: no refresh was refused (${answers})`, statuses.every((status) => status === 200));
    });
  }
  line('What people see at once, and how many refreshes the provider saw:');
  table(['store, pages', 'seen', 'status', 'median', 'worst', 'refreshes'], seen);
  line('Reloads of each session: while the provider still thinks, a second after it has answered, and when it is quick again:');
  table(['store, pages', 'meanwhile', 'afterwards', 'quick again'], later);
  promise('one refresh a session, everyone signed in throughout, data afterwards', kept.every(Boolean));
}

async function slowRace(bench: Bench, { sessions, boards }: Case) {
  await bench.provider.heal();
  const browsers = await signedIn(bench, sessions);
  const tokenPath = bench.provider.exchanges.find(({ form }) => form.grant_type)!.path;
  await tokensToEnd(TTL_SECS);
  bench.provider.play({ kind: 'slow', ms: SLOW_MS }, new RegExp(`^${tokenPath}$`));
  const before = bench.refreshes().length;
  const start = performance.now();
  const reloads = () => Promise.all(browsers.map((browser) => browser.get(bench.origin + board())));
  const [browser] = browsers;
  const pages = sessions === 1 && browser ? await loads(browser, bench, PAGES, boards) : await reloads();
  const during: Page[] = performance.now() - start < SLOW_MS ? await reloads() : [];
  await sleep(Math.max(0, SLOW_MS + 1_000 - (performance.now() - start)));
  const refreshes = bench.refreshes().length - before;
  const after = await reloads();
  await bench.provider.heal();
  // Requests of the reloads may still be on their way.
  await sleep(SLOW_MS);
  return { pages, refreshes, during, after, healed: await reloads() };
}

/** The app's log lines about failed refreshes and ended sessions: the cause of a broken promise. */
function troubles(bench: Bench): string[] {
  const lines = bench.app.output.split('\n').filter((text) => /"event":"(refresh failed|session ended)"/.test(text));
  return lines.map((text) => {
    const { event, error, reason } = JSON.parse(text) as Record<string, string>;
    return `× ${event} (${error ?? reason})`;
  });
}

function described(pages: Page[]): string[] {
  const times = pages.map(({ ms }) => ms);
  const statuses = tally(pages.map(({ status }) => String(status)).map((status) => `× ${status}`));
  return [tally(pages.map(sight)), statuses, millis(quantile(times, 0.5)), millis(quantile(times, 1))];
}
