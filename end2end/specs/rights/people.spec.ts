// A user's access depends on what the provider granted.
import { ada, expect, jonas, sam, test } from '../../support/test.ts';

test('a panel one may not see says so, and the rest of the app goes on', async ({ app, page }) => {
  await app.signIn(jonas, '/boards/reports');
  await app.expectAt('/boards/reports');
  await expect(app.heading('Reports')).toBeVisible();
  await expect(app.panel('Margin').region.getByText(/don’t have (access|permission)/i).first()).toBeVisible();
  await app.checkPage();

  await page.getByRole('link', { name: 'Orders' }).first().click();
  await app.panel('Orders').expectRows();
});

test('someone without any API permission still has the app', async ({ app }) => {
  await app.signIn(sam);
  await expect(app.panel('Orders').region.getByText(/don’t have (access|permission)/i).first()).toBeVisible();
  await app.open('/account');
  await app.expectSignedIn(sam);
});

test('whoever may, sees the same panel', async ({ app }) => {
  await app.signIn(ada, '/boards/reports');
  await app.panel('Margin').expectRows();
});
