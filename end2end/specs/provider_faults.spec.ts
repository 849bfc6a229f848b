// Failures of the provider: everything that does not need it continues to work.
import { ada, expect, test, WAITS } from '../support/test.ts';
import { atProvider, press } from '../support/sign_in.ts';

test('an app that starts without its provider serves home, and says what is wrong at sign-in', WAITS, async ({ app, page, stack, guard }) => {
  guard.expectStatus(503, /^\/auth\/sign-in/);
  await stack.provider.down();
  await stack.restart();
  await app.open('/');
  await app.checkPage();

  await press(app.signInLink());
  await app.expectProblemPage();

  await stack.provider.heal();
  await expect(async () => {
    await press(page.getByRole('link', { name: /try again/i }));
    expect(atProvider(page, stack)).toBe(true);
  }).toPass({ timeout: 20_000 });
  await app.passProvider(ada);
  await app.expectSignedIn(ada);
});

test('whoever is signed in goes on while the provider is down', async ({ app, stack }) => {
  await app.signIn(ada);
  await app.panel('Orders').expectRows();
  await stack.provider.down();
  await app.open('/boards/orders');
  await app.panel('Orders').expectRows();
  await app.open('/account');
  await app.expectSignedIn(ada);
});
