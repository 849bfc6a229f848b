// Views of a page in Chromium: what the browser requests for one, from the server or from its own cache, and when the
// first row of a table is visible.
import type { BrowserContext, Page } from '@playwright/test';

/** A request of a page. */
export interface Asked {
  method: string;
  url: string;
  /** As the page sees it: 200 also for what comes from the cache. */
  status: number;
  isCached: boolean;
  /** As sent, with cookies; empty if nothing was sent. */
  headers: Record<string, string>;
}

/** A page that is open, and what it has requested so far. */
export interface View {
  page: Page;
  asked: Asked[];
}

/** A new page without content that records its requests; `watch` of this file runs in every document that it loads. */
export async function newView(profile: BrowserContext): Promise<View> {
  const page = await profile.newPage();
  await page.addInitScript(watch);
  const devtools = await profile.newCDPSession(page);
  const byId = new Map<string, Asked>();
  // The events of one request come in any order.
  const find = (id: string): Asked => {
    const asked = byId.get(id) ?? { method: '', url: '', status: 0, isCached: false, headers: {} };
    byId.set(id, asked);
    return asked;
  };
  const view: View = { page, asked: [] };
  devtools.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (!/^https?:/.test(request.url)) return;
    const asked = Object.assign(find(requestId), { method: request.method, url: request.url });
    view.asked.push(asked);
  });
  devtools.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) => (find(requestId).headers = headers));
  devtools.on('Network.requestServedFromCache', ({ requestId }) => (find(requestId).isCached = true));
  devtools.on('Network.responseReceived', ({ requestId, response }) => {
    const asked = find(requestId);
    asked.status = response.status;
    asked.isCached ||= Boolean(response.fromDiskCache);
  });
  await devtools.send('Network.enable');
  return view;
}

/** What the page has seen of itself. */
export interface Seen {
  /** Milliseconds from the start of the navigation until the frame with the first row of a table was painted. */
  firstRow: number;
  firstPaint: number;
  /** The sum of all layout shifts that no input has caused. */
  shift: number;
  /** What was shifted, and when. */
  shifted: string[];
  /** Tasks above 50 ms. */
  longTasks: { start: number; duration: number }[];
}

/** Waits until there is a row. */
export async function seen(page: Page): Promise<Seen> {
  await page.waitForFunction(() => (window as unknown as { seen: Seen }).seen.firstRow > 0);
  return page.evaluate(() => {
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    return { ...(window as unknown as { seen: Seen }).seen, firstPaint: paint?.startTime ?? 0 };
  });
}

/** In the page, before its own scripts. */
function watch(): void {
  const seen: Seen = { firstRow: 0, firstPaint: 0, shift: 0, shifted: [], longTasks: [] };
  (window as unknown as { seen: Seen }).seen = seen;
  interface Shift extends PerformanceEntry {
    value: number;
    hadRecentInput: boolean;
    sources: { node: Element | null }[];
  }
  new PerformanceObserver((list) => {
    for (const { value, startTime, sources } of (list.getEntries() as Shift[]).filter(({ hadRecentInput }) => !hadRecentInput)) {
      seen.shift += value;
      const names = sources.map(({ node }) => (node ? `${node.nodeName.toLowerCase()}.${node.className ?? ''}` : 'removed'));
      seen.shifted.push(`${names.join(' and ')} at ${startTime.toFixed(0)} ms`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.longTasks.push({ start: startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
  // A row that is there when a frame begins is painted with it; the first task after the frame comes after that.
  const look = () => {
    if (!document.querySelector('tbody > tr')?.getClientRects().length) return requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (seen.firstRow = performance.now());
    port2.postMessage(undefined);
    return 0;
  };
  requestAnimationFrame(look);
}
