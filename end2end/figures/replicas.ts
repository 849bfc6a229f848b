// Three processes on one store, with a refresh token that is valid once (rotation with reuse detection: a second use
// ends the session). Many pages of one session, spread over the three, when its access token has expired; then with
// faults: a slow or unavailable provider, a process that dies before its refresh reaches the provider or after it was
// granted, clocks that differ. One refresh is granted, nobody is signed out, and the data is back.
//
// One case cannot be saved: the process dies after the provider has granted the refresh, and the response is lost. Then
// the user signs in once more and returns to the same page; another browser of the same user is not affected.
//
// STORE=postgres,redis (or sqlite, where the processes share a machine) and REPEAT as below. All sessions of a store sign in at first and wait for the end of their token
// once; each is raced alone.
import { setTimeout as sleep } from 'node:timers/promises';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ada } from '../support/providers.ts';
import type { Exchange } from '../support/proxy.ts';
import { Replicas, type Replica } from '../support/replicas.ts';
import { StoreServer, type Served } from '../support/stores.ts';
import { Browser, type Page } from './support/browser.ts';
import { board, boards, isSignedIn, sight } from './support/pages.ts';
import { count, line, millis, promise, quantile, table, tally } from './support/report.ts';
import { signIn } from './support/sign_in.ts';
import { ahead } from './support/skew.ts';

const PAGES = count('PAGES', 200);
const REPEAT = count('REPEAT', 10);
/** Long enough that a token lasts until the pages are loaded, even by a clock that is 10 s ahead. */
const TTL_SECS = count('ACCESS_TOKEN_SECS', 40);
const SLOW_MS = 4_000;
const DOWN_MS = 10_000;
const ANSWER_WITHIN_MS = 15_000;
/** The lease of a process that died expires, and after an outage the provider is not asked for some seconds. */
const BACK_WITHIN_MS = 30_000;
/** Of some pages that all need a refresh, the first requests it within this time. */
const HELD_WITHIN_MS = 10_000;
/** Pages of different boards share no fetch in a process, pages of the same board do: a mix of both. */
const BOARDS = 50;
const STORES = ['postgres', 'redis', 'sqlite'] as const;
type Store = (typeof STORES)[number];

interface Line {
  name: string;
  /** The case in which the session cannot be saved. */
  isLost?: true;
  clocks?: number[];
  /** Sets up the fault; the returned function runs while the pages load. */
  play?: (fleet: Replicas, token: RegExp) => void | (() => Promise<Replica | undefined>);
}

const LINES: Line[] = [
  { name: 'no fault' },
  { name: `the provider takes ${SLOW_MS / 1_000} s`, play: (fleet, token) => fleet.provider.play({ kind: 'slow', ms: SLOW_MS }, token) },
  {
    name: `the provider answers 503 for ${DOWN_MS / 1_000} s`,
    play: ({ provider }, token) => {
      provider.play({ kind: 'status', status: 503 }, token);
      return async () => {
        await sleep(DOWN_MS);
        await provider.heal();
        return undefined;
      };
    },
  },
  { name: 'the process that refreshes dies before the provider has heard', play: dies('request') },
  { name: 'the process that refreshes dies after the provider has granted', isLost: true, play: dies('answer') },
  { name: 'clocks at −5, 0 and +5 s', clocks: [-5, 0, 5] },
  { name: 'clocks at 0, 0 and +5 s', clocks: [0, 0, 5] },
];

export async function replicas(): Promise<void> {
  line(`${PAGES} pages of one session at once, spread over three processes; ${REPEAT} sessions a line. Access tokens live ${TTL_SECS} s`);
  line('and have ended. "Granted" and "refused" are refreshes at the provider, "asked" also those that did not reach it.');
  const stores = STORES.filter((store) => (process.env.STORE ?? 'postgres,redis').split(',').includes(store));
  const rows: string[][] = [];
  for (const store of stores) rows.push(...(await onStore(store)));
  table(['store, fault', 'granted', 'refused', 'asked', 'seen', 'slowest answer', 'data again: median / worst', 'signed out'], rows);
}

async function onStore(kind: Store): Promise<string[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-figures-'));
  const config = join(folder, 'boards.toml');
  await writeFile(config, boards(BOARDS));
  const store = kind === 'sqlite' ? undefined : await StoreServer.start(kind satisfies Served);
  // All sessions are of the same person, and there are more than one may usually have.
  const settings = { CLAIMCHECK_IDLE_SECS: '43200', CLAIMCHECK_SESSIONS_PER_PERSON: '1000' };
  const fleet = await Replicas.start({ store: store?.fresh(), config, accessTokenSecs: TTL_SECS, count: 3, settings });
  try {
    const people = LINES.map(() => Array.from({ length: REPEAT }, () => new Browser()));
    const bystander = new Browser();
    for (const browser of [...people.flat(), bystander]) await signIn(browser, fleet, ada);
    const token = new RegExp(`^${fleet.provider.exchanges.find(({ form }) => form.grant_type)!.path}$`);
    await sleep(TTL_SECS * 1_000 + 500);
    const rows: string[][] = [];
    for (const [index, each] of LINES.entries()) {
      if (each.clocks) await setClocks(fleet, each.clocks);
      const runs: Run[] = [];
      for (const browser of people[index]!) runs.push(await race(fleet, browser, each, token));
      if (each.isLost) await provesOneReLogin(`${kind}, ${each.name}`, fleet, people[index]!, bystander, runs);
      keep(`${kind}, ${each.name}`, each, runs);
      rows.push(row(`${kind}, ${each.name}`, runs));
    }
    return rows;
  } finally {
    await fleet.stop();
    await store?.end();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Run {
  /** The pages, except those that the dead process did not answer. */
  pages: Page[];
  /** Unanswered, and not because of the dead process. */
  unanswered: number;
  refreshes: Exchange[];
  /** Milliseconds from the first request to a page with data; infinite if the user had to sign in again. */
  back: number;
  ended: number;
}

async function race(fleet: Replicas, browser: Browser, { play }: Line, token: RegExp): Promise<Run> {
  const before = { refreshes: fleet.refreshes().length, ended: ends(fleet) };
  const meanwhile = play?.(fleet, token);
  const start = performance.now();
  const failed: Replica[] = [];
  const loads = Array.from({ length: PAGES }, async (_, index) => {
    const replica = fleet.replicas[index % fleet.replicas.length]!;
    const page = await browser.get(fleet.origin + board(index % BOARDS), replica.port).catch(() => undefined);
    if (!page) failed.push(replica);
    return page ?? [];
  });
  const [pages, dead] = await Promise.all([Promise.all(loads), meanwhile?.()]);
  const alive = fleet.replicas.filter((replica) => replica !== dead);
  const back = await untilData(fleet, browser, alive, start);
  await fleet.provider.heal();
  if (dead) await fleet.restart(dead);
  return {
    pages: pages.flat(),
    unanswered: failed.filter((replica) => replica !== dead).length,
    refreshes: fleet.refreshes().slice(before.refreshes),
    back,
    ended: ends(fleet) - before.ended,
  };
}

/** Ends the process that requests the refresh, while its request or the response is held. */
function dies(what: 'request' | 'answer'): Line['play'] {
  return (fleet, token) => {
    fleet.provider.play({ kind: 'hold', what }, token);
    const held = fleet.provider.held();
    return async () => {
      const late = sleep(HELD_WITHIN_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('nobody asked for a refresh')));
      const replica = fleet.whoAsked(await Promise.race([held, late]));
      await replica.process.crash();
      await fleet.provider.heal();
      return replica;
    };
  };
}

/** Checks repeatedly, at one process after the other. */
async function untilData(fleet: Replicas, browser: Browser, alive: Replica[], since: number): Promise<number> {
  for (let look = 0; performance.now() - since < BACK_WITHIN_MS; look++) {
    const page = await browser.get(fleet.origin + board(), alive[look % alive.length]!.port);
    if (sight(page) === 'data') return performance.now() - since;
    if (sight(page) === 'signed out') break;
    await sleep(100);
  }
  return Infinity;
}

/** At most this: the session ends once, one sign-in returns to the page, and nobody else is affected. */
async function provesOneReLogin(name: string, fleet: Replicas, people: Browser[], bystander: Browser, runs: Run[]): Promise<void> {
  const many = fleet.replicas.length;
  promise(`${name}: each time one session ended, no other`, runs.every(({ ended, back }) => ended === 1 && back === Infinity));
  promise(`${name}: at most ${many} refreshes were asked for, then no more`, runs.every(({ refreshes }) => refreshes.length <= many));
  const before = fleet.refreshes().length;
  const landings: boolean[] = [];
  for (const browser of people) {
    const path = board(7);
    const page = await signIn(browser, fleet, ada, path);
    landings.push(page.url === fleet.origin + path && sight(page) === 'data');
  }
  promise(`${name}: one sign-in leads back to the same page, with data`, landings.every(Boolean));
  const page = await bystander.get(fleet.origin + board());
  promise(`${name}: another browser of the same person has its data`, isSignedIn(page) && sight(page) === 'data');
  promise(`${name}: for all of these, one refresh`, fleet.refreshes().length === before + 1);
}

function keep(name: string, { isLost }: Line, runs: Run[]): void {
  promise(`${name}: one refresh granted, each time`, runs.every((run) => granted(run) === 1));
  promise(
    `${name}: every page answered, within ${ANSWER_WITHIN_MS / 1_000} s`,
    runs.every(({ pages, unanswered }) => unanswered === 0 && pages.every(({ ms }) => ms < ANSWER_WITHIN_MS)),
  );
  if (isLost) return;
  const isKept = ({ pages, back, ended }: Run) => ended === 0 && Number.isFinite(back) && pages.every(isHonest);
  promise(`${name}: nobody signed out, and data afterwards`, runs.every(isKept));
  promise(`${name}: no refresh refused`, runs.every((run) => refused(run) === 0));
}

/** Data, or a message why there is none yet. */
function isHonest(page: Page): boolean {
  return page.status === 503 || ['data', 'still loading', 'provider unavailable'].includes(sight(page));
}

function row(name: string, runs: Run[]): string[] {
  const all = runs.flatMap(({ pages }) => pages);
  const backs = runs.map(({ back }) => back).filter(Number.isFinite);
  const each = (of: (run: Run) => number) => tally(runs.map((run) => `× ${of(run)}`));
  return [
    name,
    each(granted),
    each(refused),
    each(({ refreshes }) => refreshes.length),
    tally(all.map(sight)),
    millis(quantile(all.map(({ ms }) => ms), 1)),
    backs.length ? `${millis(quantile(backs, 0.5))} / ${millis(quantile(backs, 1))}` : 'after a sign-in',
    String(runs.filter(({ back }) => back === Infinity).length),
  ];
}

/** Counted at the proxy, which knows the provider's response even if it did not arrive. */
function granted({ refreshes }: Run): number {
  return refreshes.filter(({ status }) => status === 200).length;
}

function refused({ refreshes }: Run): number {
  return refreshes.filter(({ status }) => status >= 400 && status < 500).length;
}

function ends(fleet: Replicas): number {
  return fleet.output().split('"event":"session ended"').length - 1;
}

async function setClocks(fleet: Replicas, clocks: number[]): Promise<void> {
  for (const [index, replica] of fleet.replicas.entries()) {
    await fleet.restart(replica, ahead(clocks[index]!));
    const { headers } = await new Browser().get(`http://127.0.0.1:${replica.port}/health/live`);
    const secs = (Date.parse(headers.date ?? '') - Date.now()) / 1_000;
    if (!(Math.abs(secs - clocks[index]!) < 2)) throw new Error(`a clock is ${secs} s ahead, not ${clocks[index]}`);
  }
}
