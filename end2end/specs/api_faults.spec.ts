// The API in trouble: each state has its own honest look, and a way on.
import { ada, expect, jonas, sam, test } from '../support/test.ts';

test('an API that is down', async ({ app, stack }) => {
  await app.signIn(ada);
  await stack.api.down();
  await app.open('/boards/orders');
  const panel = app.panel('Orders');
  await expect(panel.region.getByText(/does not answer/)).toBeVisible();
  await expect(panel.table).toHaveCount(0);
  await app.checkPage();

  await stack.api.heal();
  await panel.tryAgain().click();
  await panel.expectRows();
});

test('an API that answers nonsense', async ({ app, stack }) => {
  await app.signIn(ada);
  stack.api.play({ kind: 'status', status: 200, body: '<html>not what was asked for</html>', contentType: 'text/html' });
  await app.open('/boards/orders');
  await expect(app.panel('Orders').tryAgain()).toBeVisible();
  await app.expectSignedIn(ada);
});

test('an API that is slow: the page does not wait for it', async ({ app, page, stack, hydrated }) => {
  await app.signIn(ada);
  const panel = app.panel('Orders');
  stack.api.play({ kind: 'slow', ms: 3_000 });

  const start = Date.now();
  const response = await page.goto(`${stack.app.origin}/boards/orders`, { waitUntil: 'commit' });
  await response?.finished();
  expect(Date.now() - start, 'time to the whole page').toBeLessThan(1_500);
  await expect(panel.region.getByText(/still loading/i)).toBeVisible();

  if (hydrated) {
    await app.settled();
    await panel.expectRows();
    await app.expectAt('/boards/orders');
  } else {
    await app.checkPage();
    await stack.api.heal();
    // The slow answer is still on its way, and who asks meanwhile waits for the same one.
    await expect(async () => {
      await panel.reload().click();
      await expect(panel.rows.first()).toBeVisible({ timeout: 1_500 });
    }).toPass({ timeout: 10_000 });
  }
});

test('a panel one may not see says so, and the rest of the app goes on', async ({ app, page }) => {
  await app.signIn(jonas, '/boards/reports');
  await app.expectAt('/boards/reports');
  await expect(app.heading('Reports')).toBeVisible();
  await expect(app.panel('Margin').region.getByText(/may not|permission/i).first()).toBeVisible();
  await app.checkPage();

  await page.getByRole('link', { name: 'Orders' }).first().click();
  await app.panel('Orders').expectRows();
});

test('someone without any API permission still has the app', async ({ app }) => {
  await app.signIn(sam);
  await expect(app.panel('Orders').region.getByText(/may not|permission/i).first()).toBeVisible();
  await app.open('/account');
  await app.expectSignedIn(sam);
});

test('whoever may, sees the same panel', async ({ app }) => {
  await app.signIn(ada, '/boards/reports');
  await app.panel('Margin').expectRows();
});
