// Missing pages, and every page on a phone and on a desktop, light and dark.
import { press } from '../support/sign_in.ts';
import { ada, expect, test } from '../support/test.ts';

test('a page that does not exist', async ({ app, guard }) => {
  guard.expectStatus(404);
  expect((await app.open('/no/such/page')).status()).toBe(404);
  await app.checkPage();
  await expect(app.page.getByRole('main').getByRole('link').first()).toBeVisible();
});

test('a board that does not exist', async ({ app, guard }) => {
  guard.expectStatus(404);
  await app.signIn(ada, '/boards/nope');
  await app.expectAt('/boards/nope');
  await app.expectSignedIn(ada);
  await app.checkPage();
});

test('the user menu opens and leads to the account', async ({ app, page }) => {
  await app.signIn(ada);
  await app.userMenu(ada).click();
  await press(page.getByRole('link', { name: 'Account' }));
  await app.expectAt('/account');
});

test('the first Tab reaches a way past the navigation', async ({ app, page }) => {
  await app.signIn(ada);
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).toHaveText(/skip/i);
});

const LOOKS = [
  { device: 'phone', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { device: 'phone', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  { device: 'desktop', viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  { device: 'desktop', viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
] as const;

for (const { device, viewport, colorScheme } of LOOKS) {
  test.describe(`on a ${device}, ${colorScheme}`, () => {
    test.use({ viewport, colorScheme });

    test('every page fits and is accessible', async ({ app, guard }) => {
      const check = () => (colorScheme === 'light' ? app.checkPage() : app.checkLook());
      guard.expectStatus(404);
      guard.expectStatus(400, /^\/auth\/callback/);
      for (const path of ['/', '/auth/callback', '/no/such/page']) {
        await app.open(path);
        await check();
      }
      await app.signIn(ada);
      await app.panel('Orders').expectRows();
      await check();
      for (const path of ['/account', '/boards/reports']) {
        await app.open(path);
        await check();
      }
    });
  });
}
