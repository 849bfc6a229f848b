// A restart of the app is nothing a person notices.
import { ada, expect, test } from '../support/test.ts';

test('a session survives a restart', async ({ app, page, stack, guard }) => {
  // Asked for whenever the browser likes, also while nobody answers.
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
