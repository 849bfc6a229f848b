// Users do not notice a restart of the app.
import { ada, expect, test } from '../support/test.ts';

test('a session survives a restart', async ({ app, page, stack, guard }) => {
  // Browsers request it at any time, even while the app is down.
  guard.expectFailure(/\/favicon\.svg$/);
  await app.signInThroughPages(ada);
  await page.waitForLoadState('load');
  stack.provider.forget();
  await stack.restart();
  await app.reloadPage();
  await app.expectAt('/boards/orders');
  await app.expectSignedIn(ada);
  await app.panel('Orders').expectRows();
  expect(stack.provider.count(({ path }) => path.includes('/auth') || path.includes('/authorize'))).toBe(0);
});

test('a sign-in begun before a restart ends well after it', async ({ app, page, stack }) => {
  await page.goto(`${stack.app.origin}/account`);
  await stack.restart();
  await app.passProvider(ada);
  await app.expectAt('/account');
});
