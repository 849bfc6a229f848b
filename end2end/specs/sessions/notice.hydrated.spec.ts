// What users see before and after a session expires.
import { press } from '../../support/sign_in.ts';
import type { Stack } from '../../support/stack.ts';
import { ada, expect, test, WAITS } from '../../support/test.ts';

/** In a session this short, the notice appears at half of it. The other half must be enough for a slow machine to check it. */
const IDLE_SECS = 16;
const ABSOLUTE_SECS = 24;
const STAY = '/api/stay_signed_in';

test.describe.configure(WAITS);
test.beforeEach(({ guard }) => guard.expectEnd());
test.afterEach(({ stack }) => stack.restart());

test('before the idle end: one press stays signed in, in all tabs; after it the page says so', async ({ app, page, stack }) => {
  test.setTimeout(90_000);
  await stack.restart({ CLAIMCHECK_IDLE_SECS: String(IDLE_SECS) });
  await app.signIn(ada, '/boards/orders?x=1');
  const tab = await app.anotherTab();
  await tab.open('/account');
  await app.markDocument();
  const field = app.panel('Orders').filter;
  await field.fill('shipped');
  for (const each of [app, tab]) await expect(each.notice()).toBeVisible({ timeout: IDLE_SECS * 1_000 });
  await expect(field, 'the notice takes nothing away').toBeFocused();
  await expect(app.notice().locator('[data-part=countdown]')).toHaveText(/^0:\d\d$/);
  const isRead = await page.locator('[data-part=countdown]').evaluate((part) => !!part.closest('[aria-live], [role=status], [role=alert]'));
  expect(isRead, 'every second').toBe(false);

  const from = Date.now();
  await app.notice().locator('[data-part=stay]').click();
  for (const each of [app, tab]) await expect(each.notice()).toBeHidden();
  expect(asked(stack)).toBe(1);
  await expect(page.locator('html')).not.toHaveAttribute('data-ended', /./);

  // Without pressing the button, the session would end after half of the time.
  await expect(app.notice()).toBeVisible({ timeout: IDLE_SECS * 1_000 });
  await app.checkPage();
  for (const each of [app, tab]) await expect(each.ended()).toBeVisible({ timeout: (IDLE_SECS + 10) * 1_000 });
  await app.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await expect(app.ended(), 'also at the end of the page').toBeInViewport();
  expect(Date.now() - from, 'the press counted from then on').toBeGreaterThan((IDLE_SECS - 2) * 1_000);
  expect(asked(stack)).toBe(1);
  await app.expectEnded('idle', new RegExp(`because you were inactive for ${IDLE_SECS} seconds`));
  await expect(field).toHaveValue('shipped');
  await app.checkPage();
  const fresh = await app.signInAgain(ada);
  await fresh.expectAt('/boards/orders?x=1&orders.q=shipped');
  await fresh.expectSignedIn(ada);
  await app.expectAwake();
  await expect(field).toHaveValue('shipped');
});

test('it is within reach while a row is open, and goes away when the person does something', async ({ app, page, stack }) => {
  test.setTimeout(90_000);
  await stack.restart({ CLAIMCHECK_IDLE_SECS: String(IDLE_SECS) });
  await app.signIn(ada, '/boards/desk');
  const tab = await app.anotherTab();
  await tab.open('/account');
  await app.page.bringToFront();
  await app.panel('All orders').rowLink(0).click();
  const drawer = page.getByRole('dialog');
  const inDrawer = drawer.locator('#session-notice');
  await expect(inDrawer).toBeVisible({ timeout: IDLE_SECS * 1_000 });
  await expect(drawer.locator('[data-part=said]')).toHaveText(/signed out in/);
  await inDrawer.getByRole('button', { name: 'Stay signed in' }).click();
  await expect(app.notice()).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(inDrawer).toHaveCount(0);

  for (const each of [app, tab]) await expect(each.notice()).toBeVisible({ timeout: IDLE_SECS * 1_000 });
  await app.panel('All orders').sorter(0).click();
  for (const each of [app, tab]) await expect(each.notice()).toBeHidden();
  expect(asked(stack)).toBe(1);
});

test('at the end nobody answers: the page hides, claims no end, and wakes when the session has gone on', async ({ app, page, stack }) => {
  test.setTimeout(90_000);
  await stack.restart({ CLAIMCHECK_IDLE_SECS: String(IDLE_SECS) });
  await page.route('**/auth/events', (route) => route.abort('connectionrefused'));
  await app.signIn(ada);
  await app.panel('Orders').expectRows();
  await app.markDocument();
  await expect(app.notice()).toBeVisible({ timeout: IDLE_SECS * 1_000 });
  await page.route('**/api/session', (route) => route.abort('connectionrefused'));
  await expect(app.notice().locator('[data-part=countdown]')).toHaveText(/^0:0[0-5]$/, { timeout: IDLE_SECS * 1_000 });
  // The same session, used in a place that this page does not learn about.
  expect((await page.request.get(`${stack.app.origin}/account`, { headers: { accept: 'text/html' } })).status()).toBe(200);
  await expect(page.locator('html')).toHaveAttribute('data-ended', 'unreachable');
  await expect(app.ended().locator('[data-part=why]')).toHaveText(/can’t be reached/);
  await expect(app.again()).toHaveCount(0);
  await app.expectHidden();
  await app.checkPage();
  await page.unroute('**/api/session');
  await app.expectAwake();
  await app.panel('Orders').expectRows();
  await app.expectSignedIn(ada);

  // Otherwise it has ended.
  await page.route('**/api/session', (route) => route.abort('connectionrefused'));
  await expect(page.locator('html')).toHaveAttribute('data-ended', 'unreachable', { timeout: (IDLE_SECS + 10) * 1_000 });
  await page.unroute('**/api/session');
  await app.expectEnded('idle', /because you were inactive/);
});

test('before the absolute end: nothing can move it, so one signs in again, to the same place', async ({ app, stack }) => {
  test.setTimeout(60_000);
  await stack.restart({ CLAIMCHECK_IDLE_SECS: String(ABSOLUTE_SECS), CLAIMCHECK_ABSOLUTE_SECS: String(ABSOLUTE_SECS) });
  await app.signIn(ada, '/boards/orders?x=1');
  await expect(app.notice()).toBeVisible({ timeout: ABSOLUTE_SECS * 1_000 });
  await expect(app.notice().locator('[data-part=stay]').filter({ visible: true })).toHaveCount(0);
  await app.checkPage();
  await press(app.again());
  await app.passProvider(ada);
  await app.expectAt('/boards/orders?x=1');
  await app.expectSignedIn(ada);
  await expect(app.ended()).toBeHidden();
});

function asked(stack: Stack): number {
  return stack.app.count(({ method, path }) => method === 'POST' && path === STAY);
}
