// A login page that is used again after the sign-in: by the back button, or from a bookmark.
import { ada, expect, note, test } from '../support/test.ts';

test('a login page used again after the sign-in', async ({ visitor, page, rig }) => {
  await rig.serve();
  await visitor.open('/boards/finance');
  await rig.provider.expectLogin(page);
  const action = (await page.locator('form#kc-form-login').getAttribute('action')) ?? '';
  await visitor.passLogin(ada, '/boards/finance');

  await page.goto(action);
  await visitor.expectAt('/boards/finance');
  await visitor.expectOrders();
  const errors = rig.app.exchanges.flatMap(({ path }) => (path.startsWith('/auth/callback?error') ? [new URL(path, rig.app.origin).searchParams] : []));
  expect(errors).toHaveLength(1);
  note(`Keycloak sent ${errors[0]!.get('error')}: ${errors[0]!.get('error_description')}; Claimcheck led on to the page`);
});
