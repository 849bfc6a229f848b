// The files that a browser loads on its first visit to a board, as sent, with brotli if the app has it. The budget
// applies to the bodies of all files together; headers are listed beside them. Only browsers with tabs request an icon,
// so the linked one is fetched here in the same way. `make test` checks the budget without a browser, with the figure
// `bytes`, which must count the same files as Chromium loads.
import type { Page, Request } from '@playwright/test';
import { VISITS } from './bytes.ts';
import { within } from './limits.ts';
import { onBench } from './support/bench.ts';
import { freshProfile, quiet, withChromium } from './support/chromium.ts';
import { fetched, filesOf, type Loaded } from './support/page_files.ts';
import { line, promise, sum, table } from './support/report.ts';
import { sessionCookie } from './support/sign_in.ts';

export async function firstVisit(): Promise<void> {
  await onBench({ provider: 'demo', store: 'memory', bare: { slowMs: 0 } }, async (bench) => {
    const cookie = await sessionCookie(bench, '/boards/table');
    await withChromium(async (chromium) => {
      for (const { board, limit } of VISITS) {
        const profile = await freshProfile(chromium, bench, cookie);
        const page = await profile.newPage();
        const requests: Request[] = [];
        page.on('requestfinished', (request) => requests.push(request));
        await page.goto(`${bench.origin}/boards/${board}`);
        await page.waitForSelector('html[data-hydrated]', { state: 'attached' });
        await quiet(page);
        const files = [...(await Promise.all(requests.map(loaded))), ...(await icons(page, requests))];
        await profile.close();

        files.sort((a, b) => b.body - a.body);
        const total = sum(files.map(({ body }) => body));
        line(`/boards/${board}`);
        table(
          ['file', 'encoding', 'bytes', 'and headers'],
          [...files, { path: 'together', encoding: '', body: total, headers: sum(files.map(({ headers }) => headers)) }].map(
            ({ path, encoding, body, headers }) => [path, encoding, body, headers],
          ),
        );
        within(limit, `bytes of the first visit to /boards/${board}`, total);
        const counted = (await filesOf(`${bench.origin}/boards/${board}`, cookie)).map(({ path }) => path);
        const isSame = counted.toSorted().join() === files.map(({ path }) => path).toSorted().join();
        promise(`the figure \`bytes\` counts the same files: ${counted.join(', ')}`, isSame);
        promise('everything that can be is sent with brotli', files.every(({ encoding }) => encoding === 'br'));
      }
    });
  });
}

async function loaded(request: Request): Promise<Loaded> {
  const [sizes, response] = await Promise.all([request.sizes(), request.response()]);
  return {
    path: new URL(request.url()).pathname,
    encoding: (await response?.headerValue('content-encoding')) ?? 'none',
    body: sizes.responseBodySize,
    headers: sizes.responseHeadersSize,
  };
}

/** The icons that the page links and the browser has not requested. */
async function icons(page: Page, requests: Request[]): Promise<Loaded[]> {
  const linked = await page.locator('link[rel~=icon]').evaluateAll((links) => links.map((link) => (link as HTMLLinkElement).href));
  const missing = linked.filter((url) => requests.every((request) => request.url() !== url));
  return Promise.all(missing.map((url) => fetched(url)));
}
