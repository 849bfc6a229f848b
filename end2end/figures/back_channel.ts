// The time from a back-channel logout until the user sees it: the provider's logout token arrives at one process, the
// page is open at another. It starts when the token reaches the proxy before both, and ends when the frame with the
// message is painted; both by this machine's clock.
//
// STORE=sqlite (the default), postgres or redis.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser as Chromium } from '@playwright/test';
import { ada } from '../support/providers.ts';
import { Replicas } from '../support/replicas.ts';
import { StoreServer } from '../support/stores.ts';
import { Browser } from './support/browser.ts';
import { freshProfile, withChromium } from './support/chromium.ts';
import { board, boards } from './support/pages.ts';
import { count, line, millis, promise, quantile, table } from './support/report.ts';
import { signIn } from './support/sign_in.ts';

const LOGOUTS = count('LOGOUTS', 50);
const AT_MOST_MS = 1_000;
const BACK_CHANNEL = '/auth/back-channel-logout';
const EVENTS = '/auth/events';

export async function backChannel(): Promise<void> {
  line(`${LOGOUTS} logouts, one after the other; the page is at one process, the logout token comes to the other.`);
  const rows: string[][] = [];
  for (const kind of (process.env.STORE ?? 'sqlite').split(',')) {
    const times = await onStore(kind);
    rows.push([kind, ...[0.5, 0.99, 1].map((share) => millis(quantile(times, share)))]);
    promise(`${kind}: every page showed it within ${AT_MOST_MS} ms`, times.length === LOGOUTS && quantile(times, 1) < AT_MOST_MS);
  }
  table(['store', 'median', '99th percentile', 'worst'], rows);
}

async function onStore(kind: string): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-figures-'));
  const config = join(folder, 'boards.toml');
  await writeFile(config, boards(1));
  const server = kind === 'postgres' || kind === 'redis' ? await StoreServer.start(kind) : undefined;
  const fleet = await Replicas.start({ store: server?.fresh(), config, accessTokenSecs: 3600, count: 2 });
  const [pages, logouts] = fleet.replicas.map(({ port }) => port);
  fleet.app.route = (path) => (path.startsWith(BACK_CHANNEL) ? logouts : pages);
  try {
    return await withChromium(async (chromium) => {
      const times: number[] = [];
      for (let logout = 0; logout < LOGOUTS; logout++) times.push(await shown(chromium, fleet));
      return times;
    });
  } finally {
    await fleet.stop();
    await server?.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** One logout of a user with an open page; milliseconds. */
async function shown(chromium: Chromium, fleet: Replicas): Promise<number> {
  fleet.app.forget();
  fleet.provider.forget();
  const browser = new Browser();
  await signIn(browser, fleet, ada);
  const profile = await freshProfile(chromium, fleet, browser.cookieHeader(fleet.origin));
  const page = await profile.newPage();
  await page.addInitScript(watch);
  await page.goto(fleet.origin + board());
  await page.waitForSelector('html[data-hydrated]', { state: 'attached' });
  while (!fleet.app.count(({ path, status }) => path.startsWith(EVENTS) && status === 200)) await page.waitForTimeout(20);

  await leave(browser, fleet);
  const at = await page.waitForFunction(() => (window as unknown as Watched).endedAt, undefined, { polling: 50 });
  const endedAt = (await at.jsonValue())!;
  await page.locator('#session-ended').waitFor();
  await profile.close();
  const token = fleet.app.exchanges.find(({ path }) => path.startsWith(BACK_CHANNEL));
  if (token?.status !== 200) throw new Error(`the logout token was answered with ${token?.status}`);
  return endedAt - token.at;
}

/** The user signs out at the provider in this browser, of all of their sessions. */
async function leave(browser: Browser, { provider }: Replicas): Promise<void> {
  const configuration = await fetch(`${provider.origin}/.well-known/openid-configuration`);
  const { end_session_endpoint } = (await configuration.json()) as Record<string, string>;
  const exchange = provider.exchanges.findLast(({ form }) => form.grant_type === 'authorization_code')!;
  const { id_token } = JSON.parse(exchange.body) as { id_token: string };
  const { status } = await browser.get(`${end_session_endpoint}?${new URLSearchParams({ id_token_hint: id_token })}`);
  if (status !== 200) throw new Error(`the provider answered with ${status}`);
}

interface Watched extends Window {
  endedAt?: number;
}

/** In the page: records when the frame that shows the end of the session is painted. */
function watch(): void {
  new MutationObserver((_, observer) => {
    if (!document.documentElement?.hasAttribute('data-ended')) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => ((window as unknown as { endedAt: number }).endedAt = Date.now());
      port2.postMessage(undefined);
    });
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-ended'] });
}
