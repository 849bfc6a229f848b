// A function of the server, called by a page that stays: past the checks of origin, and with a token from the provider.
import { ada, expect, test } from '../support/test.ts';

test('refreshes the details in place', async ({ app, page }) => {
  await app.signIn(ada, '/account');
  await page.evaluate(() => ((window as unknown as { sameDocument: boolean }).sameDocument = true));
  await page.getByRole('button', { name: 'Refresh my details' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'These are your details now' })).toBeVisible();
  await expect(page.getByRole('definition').filter({ hasText: ada.email }).first()).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { sameDocument?: boolean }).sameDocument)).toBe(true);
});
