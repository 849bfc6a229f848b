// A page whose session is ended elsewhere: it shows that within a second, hides private data, keeps the input, and
// leads back to the same place.
import type { Page } from '@playwright/test';
import type { App } from '../../support/app.ts';
import { press } from '../../support/sign_in.ts';
import type { Stack } from '../../support/stack.ts';
import { ada, expect, test } from '../../support/test.ts';

const END = '/api/end_session';
const END_OTHERS = '/api/end_other_sessions';
const PATH = '/boards/orders?x=1';
/** Typed into a field, and so also in the URL. */
const TYPED = 'shipped';
const BACK = `${PATH}&orders.q=${TYPED}`;
/** A text that the API finds in its orders. */
const SOUGHT = 'an';
/** A second for the event, and time for a busy machine to show it. */
const SOON_MS = 6_000;

test.beforeEach(({ guard }) => guard.expectEnd());

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
  await app.markDocument();
  await tab.signOut(ada);
  await expectEndedSoon(app, stack, '/auth/sign-out', 'signed-out', '/boards/orders');
});

test('ended by an operator, and no other of the same person', async ({ app, elsewhere, stack }) => {
  const keys = async () => (await listed(stack)).map(({ key }) => key);
  await elsewhere.signIn(ada, '/account');
  const before = await keys();
  await app.signIn(ada, PATH);
  await app.panel('Orders').expectRows();
  await watched(app.page);
  const [newest, ...others] = (await keys()).filter((key) => !before.includes(key));
  expect(others).toEqual([]);
  const at = Date.now();
  // A key may start with a dash.
  await stack.operate('end', '--', newest!);
  await app.expectEnded('operator', /^An administrator/);
  expect((await endedAt(app.page)) - at).toBeLessThan(SOON_MS);
  await app.checkPage();
  await elsewhere.reloadPage();
  await elsewhere.expectSignedIn(ada);
});

test('what is typed or pressed after the end leaves the page where it is, and counts when it wakes', async ({ app, stack }) => {
  await app.signIn(ada, '/boards/desk');
  const tab = await app.anotherTab();
  await tab.open('/sessions');
  const panel = app.panel('All orders');
  await panel.expectRows();
  await app.markDocument();
  await press(tab.panel('Sign out').region.getByRole('button', { name: 'Sign out here only' }));
  await app.expectEnded('signed-out', /signed out/i);
  const asked = () => stack.app.count(({ path }) => path.includes('panel_when_ready'));
  const before = asked();
  await panel.filter.fill(SOUGHT);
  await expect(app.page).toHaveURL(new RegExp(`=${SOUGHT}$`));
  await panel.filter.press('Enter');
  await expect(panel.filter).toBeFocused();
  expect(asked()).toBe(before);
  await app.signInAgain(ada);
  await app.expectAwake();
  await expect(panel.filter).toHaveValue(SOUGHT);
  await expect.poll(() => stack.api.count(({ path }) => path.includes(SOUGHT)), 'it is searched for now').toBeGreaterThan(0);
  await panel.expectRows();
});

test('a person who hears first that they are signed out keeps the page', async ({ app, context, guard }) => {
  guard.expectStatus(401, /^\/api\/panel_when_ready/);
  await app.signIn(ada, '/boards/desk');
  const panel = app.panel('All orders');
  await panel.expectRows();
  await app.markDocument();
  await context.clearCookies();
  await panel.filter.fill(SOUGHT);
  await app.expectEnded('over', /has ended/);
  await app.signInAgain(ada);
  await app.expectAwake();
  await expect(panel.filter).toHaveValue(SOUGHT);
  await panel.expectRows();
});

test('a drawer is closed by the end, and none opens after it', async ({ app, page, guard }) => {
  guard.expectStatus(401, /^\/api\/row/);
  await app.signIn(ada, '/boards/desk');
  const tab = await app.anotherTab();
  await tab.open('/sessions');
  await app.markDocument();
  const link = app.panel('All orders').rowLink(0);
  await link.click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  // The next one is on its way while the session ends.
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/row?*', async (route) => {
    const response = await route.fetch();
    await held;
    await route.fulfill({ response });
  });
  const [asked] = await Promise.all([page.waitForRequest(/\/api\/row\?/), link.click()]);
  await press(tab.panel('Sign out').region.getByRole('button', { name: 'Sign out here only' }));
  await app.expectEnded('signed-out', /signed out/i);
  release();
  await asked.response();
  await expect(page.locator('a[aria-busy=true]')).toHaveCount(0);
  await app.expectHidden();
  await app.expectAt('/boards/desk');
});

test('a page that was not open says so as soon as it is asked for, and one that comes back wakes up', async ({ app, stack }) => {
  await app.signIn(ada, PATH);
  const tab = await app.anotherTab();
  await tab.open('/sessions');
  await app.panel('Orders').filter.fill(TYPED);
  await app.markDocument();
  await press(tab.panel('Sign out').region.getByRole('button', { name: 'Sign out here only' }));
  await app.expectEnded('signed-out', /signed out/i);

  // The same user signs in again in another tab: the input is in a page that works again.
  await tab.page.goto(`${stack.app.origin}/account`);
  await tab.passProvider(ada);
  await tab.settled();
  await expect(app.page.locator('html')).not.toHaveAttribute('data-ended', /./);
  await app.panel('Orders').expectRows();
  await expect(app.panel('Orders').filter).toHaveValue(TYPED);
  expect(await app.isSameDocument()).toBe(true);
});

/** One browser at her sessions, another at a board with input. */
async function open(app: App, elsewhere: App): Promise<void> {
  await app.signIn(ada, '/sessions');
  if (await app.form(END_OTHERS).count()) await press(app.form(END_OTHERS).getByRole('button'));
  await elsewhere.signIn(ada, PATH);
  await elsewhere.panel('Orders').expectRows();
  await elsewhere.panel('Orders').filter.fill(TYPED);
  await watched(elsewhere.page);
  await elsewhere.markDocument();
  await app.open('/sessions');
}

async function expectEndedSoon(app: App, stack: Stack, by: string, reason: string | RegExp, back = BACK): Promise<void> {
  await app.expectEnded(reason, /signed out|ended/i);
  const { at } = stack.app.exchanges.findLast((exchange) => exchange.method === 'POST' && exchange.path === by)!;
  expect((await endedAt(app.page)) - at, 'milliseconds until the page says so').toBeLessThan(SOON_MS);
  if (back === BACK) await expect(app.panel('Orders').filter).toHaveValue(TYPED);
  await app.checkPage();
  const tab = await app.signInAgain(ada);
  await tab.expectAt(back);
  await tab.expectSignedIn(ada);
  for (const each of back === BACK ? [app, tab] : []) await expect(each.panel('Orders').filter).toHaveValue(TYPED);
  await app.expectAwake();
  await app.expectSignedIn(ada);
  await app.panel('Orders').expectRows();
}

/** The running sessions, as listed for an operator. */
async function listed(stack: Stack): Promise<{ key: string }[]> {
  const lines = (await stack.operate('list', '--json')).trim().split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as { key: string });
}

interface Watched extends Window {
  endedAt?: number;
}

/** The page records when it shows the end of the session; its stream is open. */
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
