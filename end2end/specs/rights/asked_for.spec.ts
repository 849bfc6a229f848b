// A scope that a panel needs and the session lacks can be requested, and the user returns to the same place.
import { press } from '../../support/sign_in.ts';
import { ada, expect, FEW, test } from '../../support/test.ts';

test.use({ settings: 'rights.toml' });
test.describe.configure(FEW);

test('a scope that is missing is asked for, and the person is back at the same place', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/mixed?orders.q=a');
  const panel = app.panel('To ship');
  await expect(panel.region.locator('code')).toHaveText('orders:ship');
  const asked = () => stack.api.count(({ path }) => /by=week/.test(path));
  expect(asked()).toBe(0);
  await press(panel.region.getByRole('link', { name: 'Request access' }));
  await app.passProvider(ada);
  await app.settled();
  await expect(page).toHaveURL(/\/boards\/mixed\?orders\.q=a/);
  await panel.expectReady();
  expect(asked()).toBe(1);
});
