// From a key press to the paint with its effect, while a table of 1 000 rows is filtered on a processor that is slowed
// down four times: the product's island compared with a few lines of plain JavaScript on the same HTML and style.
//
// A run loads the page, types WORD and deletes it letter by letter. Its figure is the mean of these key presses, and
// the median of the runs counts. The two take turns. A key press is timed from the browser's own time stamp to the
// first task after the resulting frame; on average, both include half a frame of waiting. The time of the `input`
// listeners, without waiting for a frame, is shown beside it.
import type { BrowserContext, Page } from '@playwright/test';
import { onBench, type Bench } from './support/bench.ts';
import { freshProfile, quiet, withChromium } from './support/chromium.ts';
import { count, line, mean, millis, promise, quantile, table } from './support/report.ts';
import { sessionCookie } from './support/sign_in.ts';

const RUNS = count('RUNS', 5);
const SLOWED = count('SLOWED', 4);
const ROWS = 1_000;
const AT_MOST = 1.5;
/** Key press to paint, with the processor slowed: within this, a person takes it as the press's own effect. */
const AT_MOST_MS = 100;
/** Few rows contain it; fewer with each letter. */
const WORD = 'fjord';
const KEYS = [...WORD, ...[...WORD].map(() => 'Backspace')];

const CONTESTANTS = ['island', 'plain JavaScript'] as const;
type Contestant = (typeof CONTESTANTS)[number];

interface Press {
  toPaint: number;
  listeners: number;
}

/** A hand-written version: all rows, the text of each, the count. */
const PLAIN = `
  const rows = [...document.querySelectorAll('tbody > tr')];
  const count = document.querySelector('[data-part=count]');
  const scroll = document.querySelector('.table-scroll');
  const none = document.querySelector('[data-part=none]');
  document.querySelector('input[type=search]').addEventListener('input', (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const isShown = row.textContent.toLowerCase().includes(wanted);
      row.hidden = !isShown;
      if (isShown) shown++;
    }
    scroll.hidden = shown === 0;
    none.hidden = shown !== 0;
    count.textContent = wanted ? shown + ' rows found' : shown + ' rows';
  });
  document.documentElement.dataset.hydrated = '';
`;

export async function filter(): Promise<void> {
  line(`${RUNS} runs each of ${KEYS.length} key presses, taking turns; ${ROWS} rows, the processor slowed ${SLOWED} times.`);
  await onBench({ provider: 'demo', store: 'memory', bare: { slowMs: 0 } }, async (bench) => {
    const cookie = await sessionCookie(bench, '/boards/thousand');
    const runs: Record<Contestant, Press[][]> = { island: [], 'plain JavaScript': [] };
    await withChromium(async (chromium) => {
      // Once each without counting, so that the browser compiles and caches.
      for (let run = -1; run < RUNS; run++) {
        const order = run % 2 ? [...CONTESTANTS].reverse() : CONTESTANTS;
        for (const who of order) {
          const profile = await freshProfile(chromium, bench, cookie);
          const presses = await typed(profile, bench, who);
          await profile.close();
          if (run >= 0) runs[who].push(presses);
        }
      }
    });
    const figure = (who: Contestant, of: (press: Press) => number) => quantile(runs[who].map((run) => mean(run.map(of))), 0.5);
    const worst = (who: Contestant) => Math.max(...runs[who].flat().map(({ toPaint }) => toPaint));
    const toPaint = ({ toPaint }: Press) => toPaint;
    const listeners = ({ listeners }: Press) => listeners;
    table(
      ['filter', 'key press to paint', 'worst key press', 'listeners alone'],
      CONTESTANTS.map((who) => [who, millis(figure(who, toPaint)), millis(worst(who)), millis(figure(who, listeners))]),
    );
    const [island, plain] = CONTESTANTS;
    const ms = figure(island, toPaint);
    promise(`key press to paint: ${millis(ms)} on a processor slowed ${SLOWED} times, at most ${AT_MOST_MS}`, ms <= AT_MOST_MS);
    const ratio = figure(island, toPaint) / figure(plain, toPaint);
    line(`listeners alone: ${(figure(island, listeners) / figure(plain, listeners)).toFixed(2)} times`);
    promise(`key press to paint: ${ratio.toFixed(2)} times plain JavaScript, at most ${AT_MOST}`, ratio <= AT_MOST);
  });
}

/** One run: every key press on a newly loaded page. */
async function typed(profile: BrowserContext, bench: Bench, who: Contestant): Promise<Press[]> {
  const page = await profile.newPage();
  const url = `${bench.origin}/boards/thousand`;
  if (who === 'plain JavaScript') await page.route(url, async (route) => route.fulfill(await plain(await route.fetch())));
  await page.goto(url);
  await page.waitForSelector('html[data-hydrated]', { state: 'attached' });
  await quiet(page);
  if ((await shown(page)) !== ROWS) throw new Error(`${who}: not ${ROWS} rows`);
  await page.evaluate(watch);
  const devtools = await profile.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
  await page.locator('input[type=search]').focus();
  for (const [index, key] of KEYS.entries()) {
    await page.keyboard.press(key);
    await page.waitForFunction((past) => (window as unknown as Watched).presses.length > past, index);
    await page.waitForTimeout(100);
    if (index === WORD.length - 1 && (await shown(page)) !== ROWS / 8) throw new Error(`${who}: the filter shows ${await shown(page)} rows`);
  }
  if ((await shown(page)) !== ROWS) throw new Error(`${who}: the rows did not come back`);
  return page.evaluate(() => (window as unknown as Watched).presses);
}

/** The same page with that script instead of the product's. */
async function plain(answer: { text(): Promise<string> }): Promise<{ contentType: string; body: string }> {
  const html = await answer.text();
  const without = html.replace(/<script[\s\S]*?<\/script>/g, '');
  return { contentType: 'text/html; charset=utf-8', body: without.replace('</body>', `<script>${PLAIN}</script></body>`) };
}

function shown(page: Page): Promise<number> {
  return page.locator('tbody > tr:not([hidden])').count();
}

interface Watched extends Window {
  presses: Press[];
}

/** In the page: records every key press. */
function watch(): void {
  const presses: { toPaint: number; listeners: number }[] = [];
  (window as unknown as { presses: typeof presses }).presses = presses;
  let pressed = 0;
  let began = 0;
  addEventListener('keydown', (event) => (pressed = event.timeStamp), { capture: true });
  addEventListener('input', () => (began = performance.now()), { capture: true });
  // The window receives a bubbling event last.
  addEventListener('input', () => {
    const [press, listeners] = [pressed, performance.now() - began];
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => presses.push({ toPaint: performance.now() - press, listeners });
      port2.postMessage(undefined);
    });
  });
}
