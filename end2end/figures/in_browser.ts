// What a person sees of a board in Chromium, on a phone and on a desktop.
//
// First row: the time from the start of the navigation until the first row of a table is painted, on a processor that is
// slowed down SLOWED times, beside the bare page of the same number of bytes, which has rows but no style, no session, no
// API and no scripts; and beside the board's own HTML and style without scripts: what lies between these two is that of the
// scripts, the server and the API, and what lies between that and the bare page is that of the style. Cold is the first view of a new profile, warm a later one. They take turns.
//
// Layout shift and long tasks: on a board of eight panels, from the start until it is still, then a word typed in the
// filter of its table, which loads the code of the first use. The processor is not slowed for the limits.
import type { Browser as Chromium, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { startPage } from './support/bare.ts';
import { onBench, type Bench } from './support/bench.ts';
import { NAVIGATION } from './support/browser.ts';
import { freshProfile, quiet, withChromium } from './support/chromium.ts';
import { sent } from './support/load.ts';
import { startPlainPage } from './support/plain_page.ts';
import { count, line, millis, promise, quantile, table } from './support/report.ts';
import { sessionCookie } from './support/sign_in.ts';
import { newView, seen, type Seen } from './support/views.ts';

const RUNS = count('RUNS', 9);
const SLOWED = count('SLOWED', 4);
const FIRST_ROW_AT_MOST = 1.2;
const SHIFT_AT_MOST = 0.001;
const LONG_MS = 50;
const WORD = 'fjord';

const DEVICES: Record<string, BrowserContextOptions> = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};
const VISITS = ['cold', 'warm'] as const;
type Visit = (typeof VISITS)[number];

const [BOARD, BARE, PLAIN] = ['the board', 'the bare page', 'the HTML and style alone'] as const;
const CONTESTANTS = [BOARD, BARE, PLAIN] as const;
type Contestant = (typeof CONTESTANTS)[number];

export async function inBrowser(): Promise<void> {
  line(`${RUNS} runs each, medians.`);
  await onBench({ provider: 'demo', store: 'memory', bare: { slowMs: 0 } }, async (bench) => {
    const cookie = await sessionCookie(bench, '/boards/table');
    await withChromium(async (chromium) => {
      await firstRows(chromium, bench, cookie);
      await tasks(chromium, bench, cookie);
    });
  });
}

async function firstRows(chromium: Chromium, bench: Bench, cookie: string): Promise<void> {
  const url = `${bench.origin}/boards/table`;
  const headers = { ...NAVIGATION, 'sec-fetch-site': 'none', cookie };
  const { body } = await sent(url, headers);
  const bare = await startPage(1, body.length);
  const plain = await startPlainPage(url, headers);
  const urls: Record<Contestant, string> = { [BOARD]: url, [BARE]: bare.url, [PLAIN]: plain.url };
  const rows: string[][] = [];
  try {
    line(`The board has ${body.length} bytes of HTML, the bare page ${(await sent(bare.url, {})).body.length}.`);
    for (const [device, options] of Object.entries(DEVICES)) {
      const times = Object.fromEntries(CONTESTANTS.map((who) => [who, { cold: [], warm: [] }])) as unknown as Record<Contestant, Record<Visit, Seen[]>>;
      const slowed: number[] = [];
      // Once each without counting, so that Chromium has started what it needs.
      for (let run = -1; run < RUNS; run++) {
        const order = CONTESTANTS.map((_, index) => CONTESTANTS[(index + run + 1) % CONTESTANTS.length]!);
        for (const who of order) {
          const profile = await (who === BOARD ? freshProfile(chromium, bench, cookie, options) : chromium.newContext(options));
          for (const visit of VISITS) {
            const { page } = await newView(profile);
            const release = await slow(profile, page, SLOWED);
            await page.goto(urls[who]);
            const found = await seen(page);
            await quiet(page);
            if (run >= 0) times[who][visit].push(found);
            if (run >= 0 && who === BOARD && visit === 'warm') slowed.push(await slowness(page, release));
            await page.close();
          }
          await profile.close();
        }
      }
      promise(`${device}: the processor was slowed ${quantile(slowed, 0.5).toFixed(1)} times`, quantile(slowed, 0.5) > SLOWED * 0.6);
      for (const visit of VISITS) {
        const median = (who: Contestant, what: 'firstRow' | 'firstPaint') => quantile(times[who][visit].map((each) => each[what]), 0.5);
        // Run by run, because other load on the machine slows all of one run.
        const ratio = (who: Contestant, to: Contestant) => quantile(times[who][visit].map(({ firstRow }, run) => firstRow / times[to][visit][run]!.firstRow), 0.5);
        for (const who of CONTESTANTS) {
          rows.push([`${device}, ${visit}: ${who}`, millis(median(who, 'firstRow')), millis(median(who, 'firstPaint')), ratio(who, BARE).toFixed(2)]);
        }
        for (const to of [BARE, PLAIN]) {
          const times = ratio(BOARD, to);
          promise(`${device}, ${visit}: first row visible after ${times.toFixed(2)} times that of ${to}, at most ${FIRST_ROW_AT_MOST}`, times <= FIRST_ROW_AT_MOST);
        }
      }
    }
  } finally {
    await bare.process.stop();
    plain.stop();
  }
  table([`processor slowed ${SLOWED} times`, 'first row visible', 'first paint', 'bare pages'], rows);
}

async function tasks(chromium: Chromium, bench: Bench, cookie: string): Promise<void> {
  const rows: string[][] = [];
  for (const [device, options] of Object.entries(DEVICES)) {
    for (const rate of [1, SLOWED]) {
      const [worst, blocked, shifts]: [number[], number[], number[]] = [[], [], []];
      let longest: string[] = [];
      for (let run = 0; run < RUNS; run++) {
        const profile = await freshProfile(chromium, bench, cookie, options);
        const { page } = await newView(profile);
        await slow(profile, page, rate);
        await page.goto(`${bench.origin}/boards/eight`);
        await page.waitForSelector('html[data-hydrated]', { state: 'attached' });
        await quiet(page);
        const still = await page.evaluate(() => performance.now());
        await page.locator('input[type=search]').first().focus();
        await page.keyboard.type(WORD, { delay: 50 });
        await quiet(page);
        const { shift, shifted, longTasks } = await seen(page);
        await profile.close();
        shifts.push(shift);
        for (const what of shifted) line(`${device}, slowed ${rate} times: shifted ${what}, still at ${still.toFixed(0)}.`);
        worst.push(Math.max(0, ...longTasks.map(({ duration }) => duration)));
        blocked.push(longTasks.reduce((sum, { duration }) => sum + duration - LONG_MS, 0));
        const named = longTasks.map(({ start, duration }) => `${duration.toFixed(0)} ms at ${start.toFixed(0)}${start > still ? ' (typing)' : ''}`);
        if (longTasks.length && named.length >= longest.length) longest = named;
      }
      const [median, most] = [quantile(worst, 0.5), quantile(worst, 1)];
      rows.push([`${device}, slowed ${rate} times`, millis(median), millis(most), millis(quantile(blocked, 0.5)), quantile(shifts, 1).toFixed(4)]);
      if (longest.length) line(`${device}, slowed ${rate} times, long tasks of one run: ${longest.join(', ')}.`);
      promise(`${device}, slowed ${rate} times: layout shift ${quantile(shifts, 1).toFixed(4)}, below ${SHIFT_AT_MOST}`, quantile(shifts, 1) < SHIFT_AT_MOST);
      if (rate === 1) promise(`${device}: no task above ${LONG_MS} ms in the median of the runs (${worst.filter((ms) => ms > LONG_MS).length} of ${RUNS} had one)`, median <= LONG_MS);
    }
  }
  table(['eight panels', 'longest task, median', 'of all runs', 'above 50 ms together, median', 'most layout shift'], rows);
}

/** Slows the processor down; returns what ends it. */
async function slow(profile: BrowserContext, page: Page, rate: number): Promise<() => Promise<void>> {
  const devtools = await profile.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate });
  return async () => void (await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 }));
}

/** How many times slower the same work is than without slowing down: whether it survived the navigation. */
async function slowness(page: Page, release: () => Promise<void>): Promise<number> {
  const work = () =>
    page.evaluate(() => {
      const start = performance.now();
      for (let step = 0, sum = 0; step < 2e7; step++) sum += Math.sqrt(step);
      return performance.now() - start;
    });
  await work();
  const slowed = await work();
  await release();
  return slowed / (await work());
}
