// A busy person: acts, waits for jobs, loads what boards show, filters, and leaves panels open that refresh. Each step
// says what was done, or what happened instead.
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser, type Page } from '../figures/support/browser.ts';
import { act } from './act.ts';
import { ITEM, STOCK, WORK } from './boards.ts';
import type { Person } from './people.ts';
import type { App, World } from './world.ts';

/** How a script asks, not a navigation. */
const BY_SCRIPT = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' };
/** As browsers ask, one after the other. */
const ENCODINGS = ['br', 'gzip, deflate, br, zstd', 'zstd', 'identity'];
const ITEMS = 20;

/** What is promised to happen at least once. */
export const STEPS = ['action', 'job', 'picture', 'file', 'export', 'filter', 'refresh of a panel', 'report', 'item', 'account', 'finder', 'compressed page'];

/** One round of a person at a process. */
export async function work(world: World, person: Person, round: number, app: App): Promise<string[]> {
  const at = new Desk(world, person, app);
  const outcome = await act(world, person, app, WORK, `${WORK}/actions/begin`);
  at.did.push(outcome === 'done' ? 'action done' : outcome);
  await loadWork(at, round);
  await useStock(at, round);
  await waitForJob(at);
  await at.loads('sessions', '/sessions', ({ body }) => body.includes('/api/end_session') || body.includes('/auth/sign-out'));
  return at.did;
}

/** A person at a process, and what they did there. */
class Desk {
  readonly did: string[] = [];

  constructor(readonly world: World, readonly person: Person, readonly app: App) {}

  /** An address of a page of the app. */
  get(path: string): Promise<Page> {
    return this.person.browser.get(this.world.url + path, this.app.port);
  }

  /** An address as a page has it: with the path of the app. */
  follow(path: string): Promise<Page> {
    return this.person.browser.get(this.world.origin + path, this.app.port);
  }

  async loads(what: string, path: string, isRight: (page: Page) => boolean, ask: (path: string) => Promise<Page> = (path) => this.get(path)): Promise<void> {
    const page = await ask(path).catch(() => undefined);
    this.did.push(page?.status === 200 && isRight(page) ? `${what} done` : `${what} with status ${page?.status ?? 'none'}`);
  }

  byScript(path: string): Promise<Page> {
    return this.person.browser.send('GET', this.world.url + path, BY_SCRIPT, '', this.app.port);
  }
}

/** The board of pictures, files and exports. */
async function loadWork(at: Desk, round: number): Promise<void> {
  const page = await at.get(WORK);
  const links = (pattern: RegExp) => [...page.body.matchAll(pattern)].map(([, path = '']) => path.replace(/&amp;/g, '&'));
  const pictures = links(/src="?([^"\s>]*\/boards\/work\/images\/[^"\s>]+)/g);
  const papers = links(/href="?([^"\s>]*\/boards\/work\/rows\/[^"\s>]*\/file[^"\s>]*)/g);
  const exported = links(/href="?([^"\s>]*\/boards\/work\/csv\/[^"\s>]*)/g);
  if (!pictures.length || !papers.length || !exported.length) at.did.push(`board with ${pictures.length} pictures, ${papers.length} files, ${exported.length} exports`);
  const type = ({ headers }: Page) => headers['content-type'] ?? '';
  const follow = (path: string) => at.follow(path);
  for (let index = 0; index < Math.min(4, pictures.length); index++) {
    await at.loads('picture', pictures[(round + index) % pictures.length]!, (page) => type(page).startsWith('image/png'), follow);
  }
  if (papers.length) {
    await at.loads('file', papers[round % papers.length]!, (page) => type(page).startsWith('application/pdf') && page.body.length > 100_000, follow);
  }
  if (exported.length && round % 3 === 0) {
    await at.loads('export', exported.at(-1)!, (page) => type(page).startsWith('text/csv') && page.body.includes('W-'), follow);
  }
}

/** The board of an API with a token of its own. */
async function useStock(at: Desk, round: number): Promise<void> {
  const { name } = at.person;
  const rowsOf = ({ body }: Page) => (body.match(/<tr data-to/g) ?? []).length;
  const state = ['low', 'full'][round % 2];
  // A panel that takes longer than a page waits is loaded by a script, which the next lines are.
  await at.get(`${STOCK}?state=${state}`);
  const panel = (id: string, query = '') => `/api/panel_when_ready?board=stock&panel=${id}&query=${encodeURIComponent(query)}&by_person=false`;
  const ask = (path: string) => at.byScript(path);
  await at.loads('filter', panel('stock', `state=${state}`), (page) => rowsOf(page) === ITEMS / 2 && page.body.includes(name), ask);
  for (let refresh = 0; refresh < 3; refresh++) await at.loads('refresh of a panel', panel('stock'), (page) => rowsOf(page) === ITEMS, ask);
  await at.loads('report', panel('report'), ({ body }) => body.includes('>May<'), ask);
  await at.loads('item', `${ITEM}?id=S-${round % ITEMS}`, ({ body }) => body.includes(`S-${round % ITEMS}`) && body.includes(name));
  await at.loads('account', '/account', ({ body }) => body.includes(name));
  await at.loads('finder', '/api/find', ({ body }) => body.includes('Stock'), ask);
  const encoding = ENCODINGS[round % ENCODINGS.length]!;
  const compressed = (path: string) => at.person.browser.send('GET', at.world.url + path, { 'sec-fetch-site': 'none', 'accept-encoding': encoding }, '', at.app.port);
  await at.loads('compressed page', STOCK, ({ headers }) => encoding === 'identity' || headers['content-encoding'] !== undefined, compressed);
}

/** What the page of somebody without scripts loads by itself: it asks the API for the job, and leads back to the board. */
async function waitForJob(at: Desk): Promise<void> {
  let isReady = false;
  for (let attempt = 0; attempt < 8 && !isReady; attempt++) {
    await sleep(1_000);
    const asked = await at.get(`${WORK}/jobs`);
    const onward = Browser.onward(asked);
    isReady = (onward ? await at.follow(new URL(onward).pathname + new URL(onward).search) : asked).body.includes('Done.');
  }
  at.did.push(isReady ? 'job done' : 'job not seen to its end');
}
