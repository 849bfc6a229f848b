// A page that is open when its session is ended elsewhere: it says so within a second, hides what was private, keeps what
// was typed, and leads back to where it was.
import type { Page } from '@playwright/test';
import type { App } from '../../support/app.ts';
import { press } from '../../support/sign_in.ts';
import type { Stack } from '../../support/stack.ts';
import { ada, expect, test } from '../../support/test.ts';

const END = '/api/end_session';
const END_OTHERS = '/api/end_other_sessions';
const PATH = '/boards/orders?x=1';
/** What was typed into a field; the address has it too. */
const TYPED = 'shipped';
const BACK = `${PATH}&q=${TYPED}`;
/** A second for the news, and what a busy machine takes to show it. */
const SOON_MS = 1_500;

test('ended from another place', async ({ app, elsewhere, page, stack }) => {
  await open(app, elsewhere);
  await press(app.form(END).getByRole('button'));
  await expectEndedSoon(elsewhere, stack, END, 'elsewhere');
  await app.reloadPage();
  await app.expectSignedIn(ada);
  await expect(page.locator('html')).not.toHaveAttribute('data-ended', /./);
});

test('signed out everywhere', async ({ app, elsewhere, stack }) => {
  await open(app, elsewhere);
  await press(app.panel('Sign out').region.getByRole('button', { name: 'Sign out everywhere' }));
  await expectEndedSoon(elsewhere, stack, '/auth/sign-out', /elsewhere|signed-out/);
});

test('signed out in another tab of the same browser', async ({ app, stack }) => {
  await app.signIn(ada, '/boards/orders');
  const tab = await app.anotherTab();
  await tab.open('/account');
  await watched(app.page);
  await tab.signOut(ada);
  await expectEndedSoon(app, stack, '/auth/sign-out', 'signed-out', '/boards/orders');
});

test('ended by an operator', async ({ app, stack }) => {
  await app.signIn(ada, PATH);
  await watched(app.page);
  const listed = (await stack.operate('list', '--json')).trim().split('\n').map((line) => JSON.parse(line) as { sub: string });
  expect(listed.length).toBeGreaterThan(0);
  const at = Date.now();
  await stack.operate('end', '--sub', listed[0]!.sub);
  await app.expectEnded('operator', /people who run|ended/i);
  expect((await endedAt(app.page)) - at).toBeLessThan(SOON_MS);
  await app.checkPage();
});

test('a page that was not open says so as soon as it is asked for, and one that comes back wakes up', async ({ app, stack }) => {
  await app.signIn(ada, PATH);
  const tab = await app.anotherTab();
  await tab.open('/sessions');
  await app.panel('Orders').filter.fill(TYPED);
  await app.markDocument();
  await press(tab.panel('Sign out').region.getByRole('button', { name: 'Only this dashboard' }));
  await app.expectEnded('signed-out', /signed out/i);

  // The same person signs in again beside it: what was typed stands in a page that is alive again.
  await tab.page.goto(`${stack.app.origin}/account`);
  await tab.passProvider(ada);
  await tab.settled();
  await expect(app.page.locator('html')).not.toHaveAttribute('data-ended', /./);
  await app.panel('Orders').expectRows();
  await expect(app.panel('Orders').filter).toHaveValue(TYPED);
  expect(await app.isSameDocument()).toBe(true);
});

/** Her at her sessions, and elsewhere at a board where she has begun to type. */
async function open(app: App, elsewhere: App): Promise<void> {
  await app.signIn(ada, '/sessions');
  if (await app.form(END_OTHERS).count()) await press(app.form(END_OTHERS).getByRole('button'));
  await elsewhere.signIn(ada, PATH);
  await elsewhere.panel('Orders').expectRows();
  await elsewhere.panel('Orders').filter.fill(TYPED);
  await watched(elsewhere.page);
  await app.open('/sessions');
}

async function expectEndedSoon(app: App, stack: Stack, by: string, reason: string | RegExp, back = BACK): Promise<void> {
  await app.expectEnded(reason, /signed out|ended/i);
  const { at } = stack.app.exchanges.findLast((exchange) => exchange.method === 'POST' && exchange.path === by)!;
  expect((await endedAt(app.page)) - at, 'milliseconds until the page says so').toBeLessThan(SOON_MS);
  if (back === BACK) await expect(app.panel('Orders').filter).toHaveValue(TYPED);
  await app.checkPage();
  await press(app.again());
  await app.passProvider(ada);
  await app.expectAt(back);
  await app.expectSignedIn(ada);
  if (back === BACK) await expect(app.panel('Orders').filter).toHaveValue(TYPED);
}

interface Watched extends Window {
  endedAt?: number;
}

/** The page notes when it says that the session ended; its stream is open. */
async function watched(page: Page): Promise<void> {
  await page.evaluate(() => {
    const own = window as unknown as { endedAt?: number };
    const observer = new MutationObserver(() => (own.endedAt ??= Date.now()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-ended'] });
  });
  const locks = () => page.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name));
  await expect.poll(locks).toContain('claimcheck-events');
}

function endedAt(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as Watched).endedAt ?? Infinity);
}
