// CPU time (user and system) of the app's process for a whole view of a signed-in board in Chromium: the page, its files,
// the event stream, whatever islands request, the seconds afterwards, and the end of the page. Compared with the page
// alone, requested once over HTTP with the headers that Chromium has sent for it: the two take turns.
//
// Cold is the first view of a new profile with the session's cookie; warm is any later one of the same profile. Every view
// is a new tab, because a navigation to the URL that is already open counts as a reload. Then each request is repeated
// alone, one at a time without a pause. It costs less like this than once in a while: caches and branch predictors know
// it. So both are shown for the page. What the process uses at rest in the same time does not count for a view.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext } from '@playwright/test';
import { onBench, STORES, type Bench } from './support/bench.ts';
import { freshProfile, quiet, withChromium } from './support/chromium.ts';
import { CpuMeter } from './support/cpu_meter.ts';
import { sent, spell } from './support/load.ts';
import { count, line, mean, millis, promise, quantile, sum, table } from './support/report.ts';
import { sessionCookie } from './support/sign_in.ts';
import { newView, seen, type Asked, type Seen } from './support/views.ts';

const VIEWS = count('VIEWS', 15);
const WARM_UP = count('WARM_UP', 100);
const REQUESTS = count('REQUESTS', 200);
/** After the last request of a page: after five seconds, it loads the code of the first use. */
const AFTER_MS = count('AFTER_MS', 5_500);
/** After the end of a page. */
const CLOSED_MS = 300;
const REST_MS = 1_000;
const AT_MOST = 1.5;

const STORE = STORES.find((store) => store === process.env.STORE) ?? 'memory';
const BOARD = '/boards/table';

interface Measured {
  /** From the new tab until AFTER_MS after the last request. */
  open: number;
  /** From the end of the page. */
  closed: number;
  /** How long both were measured. */
  seconds: number;
  asked: Asked[];
  seen: Seen;
}

export async function wholeView(): Promise<void> {
  line(`${VIEWS} views each, cold and warm, and as many pages alone, taking turns; a table of 50 rows, the store is ${STORE}.`);
  await onBench({ provider: 'demo', store: STORE, bare: { slowMs: 0 } }, async (bench) => {
    const cookie = await sessionCookie(bench, BOARD);
    const meter = new CpuMeter(bench.app.pid);
    await withChromium(async (chromium) => {
      const warmProfile = await freshProfile(chromium, bench, cookie);
      await view(warmProfile, bench, meter);
      // The second view: the page has set a cookie with the time zone.
      const { headers } = pageOf((await view(warmProfile, bench, meter)).asked);
      await spell({ pid: bench.app.pid, url: bench.origin + BOARD, headers }, WARM_UP, 1);

      const [cold, warm]: [Measured[], Measured[]] = [[], []];
      const [alone, idle]: [number[], number[]] = [[], []];
      for (let round = 0; round < VIEWS; round++) {
        const profile = await freshProfile(chromium, bench, cookie);
        cold.push(await view(profile, bench, meter));
        await profile.close();
        alone.push(await pageAlone(bench, meter, headers));
        warm.push(await view(warmProfile, bench, meter));
        idle.push(await during(meter, () => sleep(REST_MS)));
      }
      await warmProfile.close();

      const again = (await spell({ pid: bench.app.pid, url: bench.origin + BOARD, headers }, REQUESTS, 1)).cpu;
      const atRest = (mean(idle) * 1_000) / REST_MS;
      const whole = ({ open, closed, seconds }: Measured) => open + closed - atRest * seconds;
      const once = quantile(alone, 0.5) - (atRest * CLOSED_MS) / 1_000;
      const views = { cold, warm };
      table(
        ['milliseconds of CPU', 'median', 'mean', 'of it when closed', 'pages alone', 'first paint', 'first row visible'],
        [
          ...Object.entries(views).map(([name, all]) => [
            `a whole view, ${name}`,
            ...[quantile(all.map(whole), 0.5), mean(all.map(whole)), mean(all.map(({ closed }) => closed)), quantile(all.map(whole), 0.5) / once].map(fixed),
            ...(['firstPaint', 'firstRow'] as const).map((what) => millis(quantile(all.map(({ seen }) => seen[what]), 0.5))),
          ]),
          ['the page alone', fixed(once), fixed(mean(alone) - (atRest * CLOSED_MS) / 1_000), '', '1.00', '', ''],
          [`the same ${REQUESTS} times without a pause`, '', fixed(again), '', fixed(again / once), '', ''],
        ],
      );
      line(`The process at rest: ${fixed(atRest)} ms a second.`);

      for (const [name, all] of Object.entries(views)) {
        line(`What a view requests, ${name}, and what each costs alone:`);
        table(['request', 'status', 'from', 'milliseconds of CPU, repeated'], await costs(bench, meter, all.at(-1)!.asked));
        promise(`every view requests the same, ${name}`, new Set(all.map(({ asked }) => nameAll(asked))).size === 1);
      }
      const ratio = quantile(warm.map(whole), 0.5) / once;
      promise(`a whole view, warm: ${ratio.toFixed(2)} times the page alone, at most ${AT_MOST}`, ratio <= AT_MOST);
    });
    meter.stop();
  });
}

async function view(profile: BrowserContext, bench: Bench, meter: CpuMeter): Promise<Measured> {
  const { page, asked } = await newView(profile);
  let shown: Seen | undefined;
  const start = performance.now();
  const open = await during(meter, async () => {
    await page.goto(bench.origin + BOARD);
    await page.waitForSelector('html[data-hydrated]', { state: 'attached' });
    await quiet(page);
    await sleep(AFTER_MS);
    shown = await seen(page);
  });
  const closed = await during(meter, async () => {
    await page.close();
    await sleep(CLOSED_MS);
  });
  if (pageOf(asked).status !== 200) throw new Error(`${BOARD} answered with ${pageOf(asked).status}`);
  return { open, closed, seconds: (performance.now() - start) / 1_000, asked, seen: shown! };
}

function pageAlone(bench: Bench, meter: CpuMeter, headers: Record<string, string>): Promise<number> {
  return during(meter, async () => {
    await sent(bench.origin + BOARD, headers);
    await sleep(CLOSED_MS);
  });
}

async function during(meter: CpuMeter, act: () => Promise<unknown>): Promise<number> {
  const before = await meter.atRest();
  await act();
  return (await meter.atRest()) - before;
}

/** What each request costs the server, and all together. */
async function costs(bench: Bench, meter: CpuMeter, asked: Asked[]): Promise<string[][]> {
  const each: number[] = [];
  for (const request of asked) each.push(request.isCached ? 0 : await cost(bench, meter, request));
  const rows = asked.map((request, index) => [
    `${request.method} ${new URL(request.url).pathname}`,
    `${request.status}`,
    request.isCached ? 'cache' : 'server',
    request.isCached ? '' : each[index]!.toFixed(3),
  ]);
  return [...rows, ['together', '', '', sum(each).toFixed(3)]];
}

/** One at a time on a kept connection, as Chromium has sent it; a stream on a connection of its own, until its first event. */
async function cost(bench: Bench, meter: CpuMeter, { url, headers }: Asked): Promise<number> {
  if (headers['Accept'] !== 'text/event-stream') return (await spell({ pid: bench.app.pid, url, headers }, REQUESTS, 1)).cpu;
  const all = await during(meter, async () => {
    for (let each = 0; each < REQUESTS; each++) await firstEvent(url, headers);
  });
  return all / REQUESTS;
}

function firstEvent(url: string, headers: Record<string, string>): Promise<void> {
  const { port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path: pathname, headers, agent: false }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url} answered with ${answer.statusCode}`));
      answer.once('data', () => request.destroy());
      answer.once('close', resolve);
      // An end without an event.
      answer.once('end', () => reject(new Error(`${url} ended`)));
      answer.on('error', () => undefined);
    });
    request.once('error', reject);
  });
}

function pageOf(asked: Asked[]): Asked {
  const page = asked.find(({ url }) => new URL(url).pathname === BOARD);
  if (!page) throw new Error(`${BOARD} was not requested`);
  return page;
}

function nameAll(asked: Asked[]): string {
  const names = asked.map(({ method, url, status, isCached }) => `${method} ${new URL(url).pathname} ${status} ${isCached}`);
  return names.sort().join('\n');
}

function fixed(value: number): string {
  return value.toFixed(2);
}
