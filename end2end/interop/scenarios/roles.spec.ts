// Boards that require roles of the provider.
import { ada, expect, jonas, test } from '../support/test.ts';

test('roles open boards, and their absence locks them', async ({ visitor, elsewhere, rig, guard }) => {
  guard.expectStatus(403, /^\/boards\/finance$/);
  await rig.serve();
  await visitor.signIn(ada, '/boards/finance');
  await visitor.expectOrders();

  const before = rig.api.calls.length;
  await elsewhere.open('/boards/finance');
  await rig.provider.signIn(elsewhere.page, jonas);
  await elsewhere.expectAt('/boards/finance');
  await elsewhere.expectSignedIn(jonas);
  await expect(elsewhere.page.getByRole('main')).toContainText('finance');
  await expect(elsewhere.page.getByRole('table')).toHaveCount(0);
  expect(rig.api.calls.length, 'requests to the API for a locked board').toBe(before);
});
