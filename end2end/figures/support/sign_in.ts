// Signing in without a browser window, step by step, so that each step can be measured alone.
import { ada, PASSWORD, type Person } from '../../support/providers.ts';
import { Browser, type Page } from './browser.ts';
import { board } from './pages.ts';

const MANY_HOPS = 20;

/** A server of the dashboard: its public URL. */
interface Served {
  origin: string;
}

/** Signs in on the way to `path`; returns the resulting page. */
export async function signIn(browser: Browser, app: Served, person: Person, path = board()): Promise<Page> {
  const landing = await callback(browser, await passProvider(browser, app, await start(browser, app, path), person));
  return browser.get(landing);
}

/** The `Cookie` header of a user who has signed in on the way to `path`. */
export async function sessionCookie(app: Served, path: string): Promise<string> {
  const browser = new Browser();
  await signIn(browser, app, ada, path);
  return browser.cookieHeader(app.origin + path);
}

/** The authorization request: the app's redirect to the provider. */
export async function start(browser: Browser, app: Served, path = board()): Promise<string> {
  const page = await browser.get(`${app.origin}/auth/sign-in?return_to=${encodeURIComponent(path)}`);
  return Browser.onward(page) ?? unexpected(page);
}

/** Passes the provider's pages; returns the URL of the callback, which is not called yet. */
export async function passProvider(browser: Browser, app: Served, url: string, person: Person): Promise<string> {
  let page = await browser.get(url);
  for (let hop = 0; hop < MANY_HOPS; hop++) {
    const onward = Browser.onward(page);
    if (onward?.startsWith(app.origin)) return onward;
    page = onward ? await browser.get(onward) : await submit(browser, page, person);
  }
  return unexpected(page);
}

/** The callback with the code exchange; returns the target of its redirect. */
export async function callback(browser: Browser, url: string): Promise<string> {
  const page = await browser.get(url);
  const onward = Browser.onward(page);
  const target = onward && new URL(onward);
  // A page that a browser passes through at its first sign-in.
  const wanted = target && target.pathname.endsWith('/auth/zone') && target.searchParams.get('return_to');
  if (wanted) return new URL(wanted, target).href;
  return target && !target.pathname.includes('/auth/') ? target.href : unexpected(page);
}

/** Fills in the first form of a provider's page; both providers have one. */
function submit(browser: Browser, page: Page, person: Person): Promise<Page> {
  const [, attributes = '', inside = ''] = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(page.body) ?? [];
  const action = new URL(attribute(attributes, 'action') ?? unexpected(page), page.url);
  const fields: Record<string, string> = {};
  for (const [input] of inside.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)) {
    fields[attribute(input, 'name') ?? ''] = attribute(input, 'value') ?? '';
  }
  if (/\/(login|sign-in)$/.test(action.pathname)) {
    Object.assign(fields, { username: person.username, password: PASSWORD });
  } else {
    fields.action = 'allow';
  }
  return browser.post(action.href, fields);
}

function attribute(tag: string, name: string): string | undefined {
  const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#x27;': "'" };
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (entity) => entities[entity] ?? entity);
}

function unexpected(page: Page): never {
  throw new Error(`a sign-in stopped at ${new URL(page.url).pathname} with ${page.status}:\n${page.body.slice(0, 2_000)}`);
}
