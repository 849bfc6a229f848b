// German, and light or dark: chosen by the browser or in the user menu, with scripts and without.
import { press } from '../support/sign_in.ts';
import { ada, expect, test } from '../support/test.ts';

test.describe('a German browser', () => {
  test.use({ locale: 'de-DE', viewport: { width: 390, height: 844 } });

  test('gets German pages that fit a phone', async ({ app, page, guard }) => {
    guard.expectStatus(404);
    guard.expectStatus(400, /^\/auth\/callback/);
    for (const path of ['/', '/auth/callback', '/no/such/page']) {
      await app.open(path);
      await expect(page.locator('html')).toHaveAttribute('lang', 'de');
      await app.checkPage();
    }
    await app.open('/');
    await expect(page.getByRole('link', { name: 'Anmelden' })).toBeVisible();
  });
});

test('language and colours can be chosen in the user menu', async ({ app, page }) => {
  await app.signIn(ada, '/account');
  await app.userMenu(ada).click();
  await press(page.getByRole('button', { name: 'Deutsch' }));
  await app.settled();
  await app.expectAt('/account');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Konto');
  await app.userMenu(ada).click();
  await app.checkPage();
  await press(page.getByRole('button', { name: 'Dunkel' }));
  await app.settled();
  await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
  await app.open('/boards/orders');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await app.checkPage();
  await app.userMenu(ada).click();
  await press(page.getByRole('button', { name: 'English' }));
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});
