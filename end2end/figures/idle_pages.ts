// CPU time (user and system) of the app's process while signed-in boards are open in Chromium and nobody touches them:
// each in a browser and a session of its own, which means a stream of events for each; and all in one browser, whose tabs
// share a stream. What the process uses at rest, without a page, is shown beside it and counts too.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext } from '@playwright/test';
import { onBench, STORES, type Bench } from './support/bench.ts';
import { freshProfile, quiet, withChromium } from './support/chromium.ts';
import { CpuMeter } from './support/cpu_meter.ts';
import { count, line, promise, table } from './support/report.ts';
import { sessionCookie } from './support/sign_in.ts';
import { newView } from './support/views.ts';

const PAGES = count('PAGES', 10);
const SECONDS = count('SECONDS', 30);
/** Five seconds after it was opened, a page loads the code of the first use. */
const SETTLE_MS = 6_000;
const AT_MOST = 0.1;

export async function idlePages(): Promise<void> {
  line(`${PAGES} open pages of a board, watched for ${SECONDS} s; milliseconds of CPU a second.`);
  const rows: string[][] = [];
  for (const store of STORES) {
    await onBench({ provider: 'demo', store, bare: { slowMs: 0 } }, async (bench) => {
      const meter = new CpuMeter(bench.app.pid);
      const cookies: string[] = [];
      for (let page = 0; page < PAGES; page++) cookies.push(await sessionCookie(bench, '/boards/eight'));
      await withChromium(async (chromium) => {
        await sleep(SETTLE_MS);
        const atRest = await perSecond(meter);
        for (const isShared of [false, true]) {
          const profiles: BrowserContext[] = [];
          for (const cookie of isShared ? cookies.slice(0, 1) : cookies) profiles.push(await freshProfile(chromium, bench, cookie));
          const asked = [];
          for (let page = 0; page < PAGES; page++) asked.push(await open(profiles[page % profiles.length]!, bench));
          await sleep(SETTLE_MS);
          const before = asked.map((each) => each.length);
          const all = await perSecond(meter);
          const streams = asked.flat().filter(({ url }) => url.endsWith('/auth/events')).length;
          const later = asked.flatMap((each, page) => each.slice(before[page])).map(({ url }) => new URL(url).pathname);
          for (const profile of profiles) await profile.close();

          const where = isShared ? 'in one browser' : 'each in its own browser';
          rows.push([`${store}, ${where}`, `${streams}`, ...[atRest, all, all / PAGES, (all - atRest) / PAGES].map((ms) => ms.toFixed(3))]);
          line(`${store}, ${where}: requests in that time: ${later.join(', ') || 'none'}.`);
          const expected = isShared ? 1 : PAGES;
          promise(`${store}, ${where}: ${streams} streams of events, ${expected} expected`, streams === expected);
          promise(`${store}, ${where}: ${(all / PAGES).toFixed(3)} ms a second for each page, at most ${AT_MOST}`, all / PAGES <= AT_MOST);
        }
      });
      meter.stop();
    });
  }
  table(['store, pages', 'streams', 'without a page', 'with all', 'for each', 'for each, less that without'], rows);
}

/** Opens the board; returns what it requests, which grows. */
async function open(profile: BrowserContext, bench: Bench) {
  const { page, asked } = await newView(profile);
  await page.goto(`${bench.origin}/boards/eight`);
  await page.waitForSelector('html[data-hydrated]', { state: 'attached' });
  await quiet(page);
  return asked;
}

async function perSecond(meter: CpuMeter): Promise<number> {
  const [before, start] = [await meter.atRest(), performance.now()];
  await sleep(SECONDS * 1_000);
  return (((await meter.atRest()) - before) * 1_000) / (performance.now() - start);
}
