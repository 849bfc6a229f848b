// Bytes of a first visit to a board, counted without a browser: every file that the page loads, as sent with brotli.
// `first-visit` loads the page in Chromium and checks that these are the files. What is loaded on first use has its own
// limit.
import { within, type LimitName } from './limits.ts';
import { onBench } from './support/bench.ts';
import { filesOf, laterFilesOf } from './support/page_files.ts';
import { line, promise, sum } from './support/report.ts';
import { sessionCookie } from './support/sign_in.ts';

/** The visited boards and their limits. */
export const VISITS: { board: string; limit: LimitName }[] = [
  { board: 'table', limit: 'first_visit_bytes' },
  { board: 'eight', limit: 'first_visit_eight_bytes' },
];
const KINDS = ['.css', '.js', '.svg', '.wasm'];

export async function bytes(): Promise<void> {
  await onBench({ provider: 'demo', store: 'memory', bare: { slowMs: 0 } }, async (bench) => {
    const cookie = await sessionCookie(bench, '/boards/table');
    for (const { board, limit } of VISITS) {
      const files = await filesOf(`${bench.origin}/boards/${board}`, cookie);
      line(files.map(({ path, body }) => `${path} ${body}`).join(', '));
      const hasAll = KINDS.every((kind) => files.some(({ path }) => path.endsWith(kind)));
      promise(`style, script, icon and WebAssembly of /boards/${board} were found`, hasAll);
      promise(`everything of /boards/${board} is sent with brotli`, files.every(({ encoding }) => encoding === 'br'));
      within(limit, `bytes of a first visit to /boards/${board}`, sum(files.map(({ body }) => body)));
    }
    const later = await laterFilesOf(bench.origin, await filesOf(`${bench.origin}/boards/table`, cookie));
    line(later.map(({ path, body }) => `${path} ${body}`).join(', '));
    promise('code that is loaded on first use was found, and is sent with brotli', later.length > 0 && later.every(({ encoding }) => encoding === 'br'));
    within('first_use_bytes', 'bytes that the first use of a page loads', sum(later.map(({ body }) => body)));
  });
}
