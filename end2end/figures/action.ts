// CPU time of an action, beside a page of the same board: a table of 50 rows, each with the action. With scripts, the form
// is sent to the server function, which answers with a message. Without, it is sent as a form, and the browser is led back
// to the board, which is counted separately. Every submission is another one, with its own key at the API.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ada } from '../support/providers.ts';
import { ActingApi, BOARD, ROWS } from './support/acting_api.ts';
import { onBench, STORES, type Bench } from './support/bench.ts';
import { Browser, type Page } from './support/browser.ts';
import { rows } from './support/pages.ts';
import { count, line, millis, promise, quantile, table } from './support/report.ts';
import { signIn } from './support/sign_in.ts';
import { inTurns } from './support/turns.ts';
import { cpuAtRest } from './support/usage.ts';

const ACTIONS = count('ACTIONS', 600);
const ROUNDS = count('ROUNDS', 6);
const WARM_UP = count('WARM_UP', 200);
const AT_MOST = 1.5;
const PATH = '/boards/ship';

interface Form {
  action: string;
  fields: Record<string, string>;
}

/** Something a browser does. */
interface Deed {
  name: string;
  /** Promises to cost at most 1.5 pages. */
  isPromised: boolean;
  run: () => Promise<void>;
}

export async function action(): Promise<void> {
  line(`${ACTIONS} each in ${ROUNDS} rounds, one at a time, taking turns, after ${WARM_UP} to warm up.`);
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-action-'));
  const api = await ActingApi.start();
  const measured: string[][] = [];
  try {
    const config = join(folder, 'boards.toml');
    await writeFile(config, BOARD);
    for (const store of STORES) {
      await onBench({ provider: 'demo', store, api: api.origin, config }, async (bench) => {
        measured.push(...(await compare(bench, api, store)));
      });
    }
  } finally {
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  }
  table(['', 'CPU', 'of a page'], measured);
}

async function compare(bench: Bench, api: ActingApi, store: string): Promise<string[][]> {
  const browser = new Browser();
  const board = await signIn(browser, bench, ada, PATH);
  if (rows(board.body) !== ROWS) throw new Error(`the board shows ${rows(board.body)} rows with ${board.status}:\n${board.body.slice(0, 2_000)}`);
  const form = await open(browser, board);
  const page = async (): Promise<void> => {
    const { status } = await browser.get(bench.origin + PATH);
    if (status !== 200) throw new Error(`the board was answered with ${status}`);
  };
  const withoutScripts = () => submit(browser, form, { referer: bench.origin + PATH });
  const withScripts = () => submit(browser, form, { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' });
  const deeds: Deed[] = [
    { name: 'a page of the board', isPromised: false, run: page },
    {
      name: 'an action with scripts',
      isPromised: true,
      run: async () => {
        const { status, body } = await withScripts();
        if (status !== 200 || !body.includes('is on its way')) throw new Error(`an action was answered with ${status}:\n${body.slice(0, 2_000)}`);
      },
    },
    {
      name: 'an action without scripts, its redirect',
      isPromised: true,
      run: async () => {
        const answer = await withoutScripts();
        if (!Browser.onward(answer)?.includes(PATH)) throw new Error(`an action was answered with ${answer.status}:\n${answer.body.slice(0, 2_000)}`);
      },
    },
    {
      name: 'an action without scripts, with the page after it',
      isPromised: false,
      run: async () => {
        const answer = await withoutScripts();
        const shown = await browser.get(Browser.onward(answer) ?? '');
        if (!shown.body.includes('is on its way')) throw new Error('the page after an action has no message');
      },
    },
  ];

  const before = api.keys.size;
  const each = Math.ceil(ACTIONS / ROUNDS);
  for (const deed of deeds) await spent(bench, deed, WARM_UP);
  const all = await inTurns(deeds, ROUNDS, (deed) => spent(bench, deed, each));
  const wanted = 3 * (WARM_UP + each * ROUNDS);
  promise(`${store}: ${wanted} actions came to the API, each with its own key`, api.keys.size - before === wanted);
  return deeds.map(({ name, isPromised }, index) => {
    const ratio = quantile(all[index]!.map((cpu, round) => cpu / all[0]![round]!), 0.5);
    if (isPromised) promise(`${store}: ${name} costs ${ratio.toFixed(2)} pages, at most ${AT_MOST}`, ratio <= AT_MOST);
    return [`${store}, ${name}`, millis(quantile(all[index]!, 0.5)), ratio.toFixed(2)];
  });
}

/** Milliseconds of CPU for one, over this many. */
async function spent(bench: Bench, { run }: Deed, times: number): Promise<number> {
  const before = await cpuAtRest(bench.app.pid);
  for (let round = 0; round < times; round++) await run();
  return ((await cpuAtRest(bench.app.pid)) - before) / times;
}

/** The form of the action of the first row. */
async function open(browser: Browser, board: Page): Promise<Form> {
  const link = [...board.body.matchAll(/<a\b[^>]*>/g)].find(([tag]) => /\bdata-part="?act["\s>]/.test(tag) && attribute(tag, 'href'))?.[0] ?? '';
  const page = await browser.get(new URL(attribute(link, 'href'), board.url).href);
  const [, attributes = '', inside = ''] = /<form\b([^>]*\bdata-part="?act-form[^>]*)>([\s\S]*?)<\/form>/.exec(page.body) ?? [];
  if (!attributes) throw new Error(`there is no form of ${link}: status ${page.status}\n${page.body.slice(0, 2_000)}`);
  const fields: Record<string, string> = {};
  for (const [input] of inside.matchAll(/<input\b[^>]*>/g)) fields[attribute(input, 'name')] = attribute(input, 'value');
  const select = /<select\b[^>]*>/.exec(inside)?.[0] ?? '';
  return { action: new URL(attribute(attributes, 'action'), page.url).href, fields: { ...fields, [attribute(select, 'name')]: 'DHL' } };
}

let submissions = 0;

/** Sends the form as another submission. */
function submit(browser: Browser, { action, fields }: Form, headers: Record<string, string>): Promise<Page> {
  const body = new URLSearchParams({ ...fields, once: `figure-${process.pid}-${submissions++}.0` }).toString();
  const origin = new URL(action).origin;
  const sent = { 'sec-fetch-site': 'same-origin', origin, 'content-type': 'application/x-www-form-urlencoded', ...headers };
  return browser.send('POST', action, sent, body);
}

function attribute(tag: string, name: string): string {
  const [, quoted, bare] = new RegExp(`\\b${name}=(?:"([^"]*)"|([^"\\s>]+))`).exec(tag) ?? [];
  const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#x27;': "'" };
  return (quoted ?? bare ?? '').replace(/&(amp|lt|gt|quot|#39|#x27);/g, (entity) => entities[entity] ?? entity);
}
