// Signing out: here, at the provider, and for good.
import { ada, expect, test } from '../support/test.ts';
import { atProvider, press, signInButton } from '../support/sign_in.ts';

test('ends on home, and the provider asks for credentials again', async ({ app, page }) => {
  await app.signInThroughPages(ada);
  await app.signOut(ada);
  expect(new URL(page.url()).pathname).toBe('/');
  await expect(page.getByRole('status').filter({ hasText: 'You’re signed out' })).toBeVisible();
  await app.expectNothingPrivate();
  await app.checkPage();

  await press(app.signInLink());
  await expect(signInButton(page)).toBeVisible();
  await app.passProvider(ada);
  await app.expectSignedIn(ada);
});

test('leaves a cookie that opens nothing', async ({ app, page, context, stack }) => {
  await app.signInThroughPages(ada);
  const cookies = await context.cookies(stack.app.origin);
  expect(cookies.length).toBeGreaterThan(0);
  await app.signOut(ada);

  await context.clearCookies();
  await context.addCookies(cookies);
  await page.goto(`${stack.app.origin}/account`);
  expect(atProvider(page, stack)).toBe(true);
  await expect(signInButton(page)).toBeVisible();
});

test('leaves nothing behind the back button', async ({ app, page, stack, guard }) => {
  // The page between here and the provider is the response to a POST and is not cached: with scripts off the browser
  // reports that.
  guard.expectFailure(new RegExp(`^${stack.app.origin}/auth/sign-out$`));
  // Going back also passes the provider's own pages, whose forms are used up.
  guard.expectFailure(new RegExp(`^${stack.provider.origin}`));
  guard.expectStatus(400, /^\/interaction\//);
  guard.expectStatus(404, /^\/favicon\.ico$/);
  await app.signInThroughPages(ada);
  await app.open('/account');
  await app.signOut(ada);
  for (let step = 0; step < 6; step++) {
    await page.goBack().catch(() => undefined);
    await app.expectNothingPrivate();
    await expect(page.getByText(ada.email)).toHaveCount(0);
  }
});

test('works while the provider is down', async ({ app, page, stack, guard }) => {
  guard.expectFailure(new RegExp(`^${stack.provider.origin}`));
  await app.signInThroughPages(ada);
  await stack.provider.down();
  await app.userMenu(ada).click();
  // The provider's part fails in the browser; ours is done.
  await press(page.getByRole('button', { name: 'Sign out' }));
  await app.open('/');
  await expect(app.signInLink()).toBeVisible();
});

test('ends the other tabs too', async ({ app, stack, guard }) => {
  guard.expectEnd();
  await app.signInThroughPages(ada);
  const other = await app.anotherTab();
  await other.open('/account');
  await app.signOut(ada);
  await other.page.reload();
  expect(atProvider(other.page, stack)).toBe(true);
});
