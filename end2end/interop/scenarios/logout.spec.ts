// Signing out here, and being signed out by the provider.
import { ada, expect, needs, note, test } from '../support/test.ts';

test('RP-initiated logout', async ({ visitor, page, rig }) => {
  await rig.serve();
  await visitor.signIn(ada);
  await visitor.signOut(ada);
  expect(new URL(page.url()).pathname).toBe('/');
  await expect(page.getByRole('status').filter({ hasText: 'You’re signed out' })).toBeVisible();

  // The provider's session has ended as well: it asks for the user again.
  await visitor.open('/boards/orders');
  await rig.provider.expectLogin(page);
  await visitor.passLogin(ada, '/boards/orders');
});

test('back-channel logout', async ({ visitor, page, rig, guard }) => {
  needs(rig, 'back-channel');
  guard.expectEnd();
  await rig.serve();
  await visitor.signIn(ada);
  await visitor.expectOrders();
  await rig.provider.endSessions(ada);
  await expect(page.locator('html')).toHaveAttribute('data-ended', 'provider');
  const told = rig.app.exchanges.filter(({ path }) => path === '/auth/back-channel-logout');
  expect(told.map(({ status }) => status)).toEqual([200]);
  expect(rig.log()).toContain('logged out by the provider');
  note(`${told.length} logout token, answered with 200`);

  await visitor.open('/boards/orders');
  await visitor.passLogin(ada, '/boards/orders');
});
