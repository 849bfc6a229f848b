// Failures of the API: each state has its own look, and a way to continue.
import { ada, expect, test } from '../support/test.ts';

test('an API that is down', async ({ app, stack }) => {
  await app.signIn(ada);
  await stack.api.down();
  await app.open('/boards/orders');
  const panel = app.panel('Orders');
  await expect(panel.region.getByText(/isn’t responding/)).toBeVisible();
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

test('an API that is slow: the page does not wait for it', async ({ app, stack, hydrated }) => {
  await app.signIn(ada);
  const panel = app.panel('Orders');
  stack.api.play({ kind: 'hold', what: 'request' });

  await app.expectWhole('/boards/orders', 1_500);
  await expect(panel.region.getByText(/still loading/i)).toBeVisible();

  if (hydrated) {
    await app.settled();
    await stack.api.heal();
    await panel.expectRows();
    await app.expectAt('/boards/orders');
  } else {
    await app.checkPage();
    await stack.api.heal();
    // The slow response may still be on its way; a request in the meantime joins it.
    await expect(async () => {
      await panel.reload().click();
      await expect(panel.rows.first()).toBeVisible({ timeout: 1_500 });
    }).toPass({ timeout: 25_000 });
  }
});
