// Signing in: from home, from a deep link, in several tabs, and cancelling.
import { ada, expect, test } from '../support/test.ts';
import { atProvider, press, refuse, signInButton } from '../support/sign_in.ts';

test('from home to the first board', async ({ app }) => {
  await app.open('/');
  await expect(app.heading(/./)).toBeVisible();
  await app.checkPage();

  await press(app.signInLink());
  await app.passProvider(ada);
  await app.expectAt('/boards/orders');
  await app.expectSignedIn(ada);
  await expect(app.heading('Orders')).toBeVisible();
  await app.panel('Orders').expectRows();
  await app.checkPage();

  await app.open('/');
  await app.expectAt('/boards/orders');
});

for (const path of ['/boards/orders?x=1', '/account']) {
  test(`a deep link to ${path} lands exactly there`, async ({ app }) => {
    await app.signInThroughPages(ada, path);
    await app.expectAt(path);
    await app.expectSignedIn(ada);
    await app.checkPage();
  });
}

test('the account page says who one is', async ({ app, page }) => {
  await app.signInThroughPages(ada, '/account');
  await expect(app.heading(/Ada Okafor|Account/)).toBeVisible();
  for (const claim of [ada.email, 'Finance']) {
    await expect(page.getByRole('definition').filter({ hasText: claim }).first()).toBeVisible();
  }
});

const TAB_PATHS = ['/boards/orders?tab=1', '/account', '/boards/orders?tab=3'];

for (const order of [[2, 0, 1], [0, 1, 2]]) {
  test(`three tabs sign in, and finish in the order ${order.map((tab) => tab + 1)}`, async ({ app, stack }) => {
    const tabs = [app, await app.anotherTab(), await app.anotherTab()];
    for (const [index, tab] of tabs.entries()) {
      await tab.page.goto(stack.app.origin + TAB_PATHS[index]);
      expect(atProvider(tab.page, stack)).toBe(true);
    }
    for (const index of order) {
      await tabs[index]!.passProvider(ada);
      await tabs[index]!.expectAt(TAB_PATHS[index]!);
      await tabs[index]!.expectSignedIn(ada);
    }
    for (const tab of tabs) {
      await tab.reloadPage();
      await tab.expectSignedIn(ada);
    }
  });
}

test('cancelling at the provider leads to a page that helps', async ({ app, page, stack, guard }) => {
  guard.expectStatus(403, /^\/auth\/callback/);
  await page.goto(`${stack.app.origin}/account`);
  await refuse(page, 'Cancel');
  await app.expectProblemPage();
  expect(stack.provider.count(({ form }) => !!form.grant_type), 'token requests').toBe(0);

  await press(page.getByRole('link', { name: /try again/i }));
  await app.passProvider(ada);
  await app.expectAt('/account');
});

test('denying consent leads to a page that helps', async ({ app, page, stack, guard }) => {
  guard.expectStatus(403, /^\/auth\/callback/);
  await page.goto(`${stack.app.origin}/account`);
  await app.enterCredentials(ada);
  await refuse(page, 'Deny');
  await app.expectProblemPage();
  expect(stack.provider.count(({ form }) => !!form.grant_type), 'token requests').toBe(0);
});

test('the sign-in page asks again only who is not signed in at the provider', async ({ app, page, context, stack }) => {
  await app.signInThroughPages(ada);
  await context.clearCookies({ domain: 'localhost' });
  await page.goto(`${stack.app.origin}/account`);
  await expect(signInButton(page)).toHaveCount(0);
  await app.passProvider(ada);
  await app.expectAt('/account');
});
