// The parts of growth.ts about boards: one more panel, one more row.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ada } from '../support/providers.ts';
import type { Growth } from './growth.ts';
import { onBench } from './support/bench.ts';
import { Browser, NAVIGATION } from './support/browser.ts';
import { readInRounds, type Point } from './support/fit.ts';
import { sent, spell, type Target } from './support/load.ts';
import { ordersPanel } from './support/orders_panel.ts';
import { count, line } from './support/report.ts';
import { signIn } from './support/sign_in.ts';

const REQUESTS = count('REQUESTS', 630);
const ROUNDS = count('ROUNDS', 21);
const WARM_UP = count('WARM_UP', 100);

const PANELS = [1, 2, 4, 8, 16];
/** A table shows 2,000 rows at most, and the page of an API has 1,000. */
const ROWS = [10, 50, 200, 1_000];

interface Size {
  panels: number;
  rows: number;
}

/** A board of tables on the bare API, each with a path of its own, so that no two share an answer. */
function tables(id: string, { panels, rows }: Size): string {
  const panel = (index: number) => ordersPanel(`Orders ${index}`, `/rows?count=${rows}&of=${id}-${index}`);
  return `\n[[board]]\nid = "${id}"\ntitle = "${id}"\n${Array.from({ length: panels }, (_, index) => panel(index)).join('')}`;
}

/** CPU of pages of boards that differ in one number, in microseconds. */
async function boards(numbers: number[], name: string, sizeOf: (number: number) => Size): Promise<Point[][]> {
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-figures-'));
  const config = join(folder, 'boards.toml');
  const id = (number: number) => `${name}-${number}`;
  await writeFile(config, numbers.map((number) => tables(id(number), sizeOf(number))).join(''));
  try {
    return await onBench({ provider: 'demo', store: 'sqlite', bare: { slowMs: 0 }, config }, async (bench) => {
      const browser = new Browser();
      await signIn(browser, bench, ada, `/boards/${id(numbers[0]!)}`);
      const pages: { number: number; target: Target }[] = [];
      for (const number of numbers) {
        const url = `${bench.origin}/boards/${id(number)}`;
        const headers = { ...NAVIGATION, 'sec-fetch-site': 'none', cookie: browser.cookieHeader(url) };
        const { body } = await sent(url, headers);
        const { panels, rows } = sizeOf(number);
        const seen = (body.toString().match(/<tr\b/g) ?? []).length;
        // Each table has a row of titles.
        if (seen < panels * (rows + 1)) throw new Error(`a board of ${panels} panels with ${rows} rows shows ${seen} rows`);
        line(`${number} ${name}: ${body.length} bytes`);
        pages.push({ number, target: { pid: bench.app.pid, url, headers } });
        await spell(pages.at(-1)!.target, WARM_UP, 1);
      }
      return readInRounds(pages, ROUNDS, async ({ target }) => (await spell(target, Math.ceil(REQUESTS / ROUNDS), 1)).cpu * 1_000);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function panels(): Promise<Growth[]> {
  const rounds = await boards(PANELS, 'panels', (panels) => ({ panels, rows: 10 }));
  return [{ what: 'CPU of a page, by panels of 10 rows', unit: 'µs', kind: 'linear', rounds }];
}

export async function rows(): Promise<Growth[]> {
  const rounds = await boards(ROWS, 'rows', (rows) => ({ panels: 1, rows }));
  return [{ what: 'CPU of a page, by rows of its table', unit: 'µs', kind: 'linear', rounds }];
}
