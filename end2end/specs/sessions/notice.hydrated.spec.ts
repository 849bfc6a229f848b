// What a person is told before a session ends by the clock, and after.
import { press } from '../../support/sign_in.ts';
import type { Stack } from '../../support/stack.ts';
import { ada, expect, test } from '../../support/test.ts';

/** Where a session is as short as this, a notice comes at half of it. */
const IDLE_SECS = 20;
const STAY = '/api/stay_signed_in';

test.afterEach(({ stack }) => stack.restart());

test('before the idle end: one press stays signed in, in all tabs; after it the page says so', async ({ app, page, stack }) => {
  test.setTimeout(90_000);
  await stack.restart({ CLAIMCHECK_IDLE_SECS: String(IDLE_SECS) });
  await app.signIn(ada, '/boards/orders?x=1');
  const tab = await app.anotherTab();
  await tab.open('/account');
  const field = app.panel('Orders').filter;
  await field.fill('shipped');
  for (const each of [app, tab]) await expect(each.notice()).toBeVisible({ timeout: IDLE_SECS * 1_000 });
  await expect(field, 'the notice takes nothing away').toBeFocused();
  await expect(app.notice().locator('[data-part=countdown]')).toHaveText(/^0:\d\d$/);
  const isRead = await page.locator('[data-part=countdown]').evaluate((part) => !!part.closest('[aria-live], [role=status], [role=alert]'));
  expect(isRead, 'every second').toBe(false);
  await app.checkPage();

  await app.notice().locator('[data-part=stay]').click();
  for (const each of [app, tab]) await expect(each.notice()).toBeHidden();
  expect(asked(stack)).toBe(1);
  await expect(page.locator('html')).not.toHaveAttribute('data-ended', /./);

  // Now nothing happens.
  const from = Date.now();
  for (const each of [app, tab]) await expect(each.ended()).toBeVisible({ timeout: (IDLE_SECS + 10) * 1_000 });
  expect(Date.now() - from, 'the press counted from then on').toBeGreaterThan((IDLE_SECS - 5) * 1_000);
  expect(asked(stack)).toBe(1);
  await app.expectEnded('idle', /because nothing happened here for 20 seconds/);
  await expect(field).toHaveValue('shipped');
  await app.checkPage();
  await press(app.again());
  await app.passProvider(ada);
  await app.expectAt('/boards/orders?x=1&q=shipped');
  await app.expectSignedIn(ada);
  await expect(field).toHaveValue('shipped');
});

test('before the absolute end: nothing can move it, so one signs in again, to the same place', async ({ app, stack }) => {
  test.setTimeout(60_000);
  await stack.restart({ CLAIMCHECK_IDLE_SECS: String(IDLE_SECS), CLAIMCHECK_ABSOLUTE_SECS: String(IDLE_SECS) });
  await app.signIn(ada, '/boards/orders?x=1');
  await expect(app.notice()).toBeVisible({ timeout: IDLE_SECS * 1_000 });
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
