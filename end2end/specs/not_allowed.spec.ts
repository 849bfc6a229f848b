// An account that no `[[allow]]` rule matches: no session, a page that says so, and another account.
import { atProvider, press } from '../support/sign_in.ts';
import { ada, expect, FEW, jonas, test } from '../support/test.ts';

test.use({ settings: 'allow.toml' });
test.describe.configure(FEW);

test('an account without access gets a page that leads to another account', async ({ app, page, context, stack, guard }) => {
  guard.expectStatus(403, /^\/auth\/callback/);
  await app.signInThroughPages(jonas, '/boards/orders?orders.q=a');
  await expect(app.heading('You have no access with this account')).toBeVisible();
  await expect(page.getByText('isn’t allowed to use this service')).toBeVisible();
  await expect(page.getByText('Reference', { exact: true })).toBeVisible();
  await app.expectNothingPrivate();
  await app.checkPage();
  expect((await context.cookies(stack.app.origin)).map(({ name }) => name), 'no session').not.toContain('claimcheck');

  await press(page.getByRole('link', { name: 'Use another account' }));
  expect(atProvider(page, stack), 'the provider lets one choose').toBe(true);
  await app.passProvider(ada);
  await app.expectAt('/boards/orders?orders.q=a');
  await app.expectSignedIn(ada);
  await app.panel('Orders').expectRows();
});

test('the way home works, and the same account is refused again', async ({ app, page, guard }) => {
  guard.expectStatus(403, /^\/auth\/callback/);
  await app.signInThroughPages(jonas, '/account');
  await press(page.getByRole('banner').getByRole('link').first());
  await app.expectAt('/');
  await press(app.signInLink());
  await app.passProvider(jonas);
  await expect(app.heading('You have no access with this account')).toBeVisible();
  await app.expectNothingPrivate();
});
