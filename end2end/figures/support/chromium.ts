// Chromium, for figures that need a browser: signed in with the cookie of a session that was created without it.
import {
  chromium as playwright,
  type Browser as Chromium,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from '@playwright/test';
import { CHROMIUM_ARGS } from '../../support/browser.ts';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Runs `act` with a browser. */
export async function withChromium<T>(act: (chromium: Chromium) => Promise<T>): Promise<T> {
  const chromium = await playwright.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
  try {
    return await act(chromium);
  } finally {
    await chromium.close();
  }
}

/** A profile without visits that is signed in. */
export async function freshProfile(chromium: Chromium, app: { origin: string }, cookie: string, options?: BrowserContextOptions): Promise<BrowserContext> {
  const profile = await chromium.newContext(options);
  await signInto(profile, app, cookie);
  return profile;
}

/** Runs `act` beside a browser that another program can drive through `port`; its only profile has no visits. */
export async function withDebuggedProfile<T>(app: { origin: string }, cookie: string | undefined, port: number, act: () => Promise<T>): Promise<T> {
  // Without a folder, Playwright makes one and deletes it.
  const args = [...CHROMIUM_ARGS, `--remote-debugging-port=${port}`];
  const profile = await playwright.launchPersistentContext('', { executablePath: CHROMIUM, args });
  try {
    if (cookie) await signInto(profile, app, cookie);
    return await act();
  } finally {
    await profile.close();
  }
}

/** Gives a profile the cookies of a session. */
async function signInto(profile: BrowserContext, app: { origin: string }, cookie: string): Promise<void> {
  const pairs = cookie.split('; ').map((pair) => pair.split('=') as [string, string]);
  await profile.addCookies(pairs.map(([name, value]) => ({ name, value, url: app.origin, httpOnly: true, sameSite: 'Lax' })));
}

/** Waits until the page has fetched nothing for half a second; its endless event stream does not count. */
export async function quiet(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page.waitForFunction(() => {
    const ends = performance.getEntriesByType('resource').map((entry) => (entry as PerformanceResourceTiming).responseEnd);
    return performance.now() - Math.max(0, ...ends) > 500;
  });
}
