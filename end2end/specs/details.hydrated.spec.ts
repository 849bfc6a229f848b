// A server function called by an open page: it passes the origin checks, and refreshes at the provider.
import { ada, expect, test } from '../support/test.ts';

test('refreshes the details in place', async ({ app, page }) => {
  await app.signIn(ada, '/account');
  await page.evaluate(() => ((window as unknown as { sameDocument: boolean }).sameDocument = true));
  await page.getByRole('button', { name: 'Refresh my details' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Your details are up to date' })).toBeVisible();
  await expect(page.getByRole('definition').filter({ hasText: ada.email }).first()).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { sameDocument?: boolean }).sameDocument)).toBe(true);
});
