// The sessions page: who can end which session, and the effect on the others.
import { atProvider, passSignOut, press } from '../../support/sign_in.ts';
import type { App } from '../../support/app.ts';
import { ada, expect, jonas, test } from '../../support/test.ts';

const END = '/api/end_session';
const END_OTHERS = '/api/end_other_sessions';
const SIGN_OUT = '/auth/sign-out';

test.beforeEach(async ({ app, elsewhere, guard }) => {
  guard.expectEnd();
  await app.signIn(ada, '/sessions');
  // Her sessions from earlier tests.
  if (await app.form(END_OTHERS).count()) await press(app.form(END_OTHERS).getByRole('button'));
  await elsewhere.signIn(ada, '/account');
  await app.open('/sessions');
});

test('one elsewhere can be ended, and is told apart from this one', async ({ app, elsewhere, page }) => {
  await expect(app.panel('This session').region).toContainText(/Chrome on (Windows|Linux)/);
  await expect(app.panel('Other sessions').region.getByRole('listitem')).toHaveCount(1);
  await expect(app.form(END)).toHaveCount(1);
  await app.checkPage();

  await press(app.form(END).getByRole('button'));
  await app.expectAt('/sessions');
  await expect(page.getByRole('status').filter({ hasText: /^Chrome on .* was signed out\.$/ })).toBeVisible();
  await expect(app.form(END)).toHaveCount(0);
  await app.checkPage();
  await expectSignedOut(elsewhere);

  // A message is shown once.
  await app.reloadPage();
  await expect(page.getByRole('status').filter({ hasText: 'was signed out' })).toHaveCount(0);
  await expect(app.panel('Recently ended').region).toContainText(/Chrome on/);
  await app.expectSignedIn(ada);
});

test('all others end, of this person and of nobody else', async ({ app, elsewhere, browser, guard }) => {
  const others = await Promise.all(
    [ada, jonas].map(async (person) => {
      const context = await browser.newContext();
      await guard.watch(context);
      const other = elsewhere.inAnother(await context.newPage());
      await other.signIn(person, '/account');
      return other;
    }),
  );
  const [hers, his] = others as [App, App];
  await app.reloadPage();
  await expect(app.form(END)).toHaveCount(2);
  await press(app.form(END_OTHERS).getByRole('button'));
  await app.expectAt('/sessions');
  await expect(app.form(END)).toHaveCount(0);
  await expect(app.form(END_OTHERS)).toHaveCount(0);
  for (const other of [elsewhere, hers]) await expectSignedOut(other);
  await his.open('/account');
  await his.expectSignedIn(jonas);
  await app.reloadPage();
  await app.expectSignedIn(ada);
  for (const other of others) await other.page.context().close();
});

test('signs out only here: the provider is not asked, and another browser goes on', async ({ app, elsewhere, page, stack }) => {
  stack.provider.forget();
  await press(choice(app, 'only-here'));
  await expect(page).toHaveURL(/\/\?state=/);
  await expect(page.getByRole('main')).toContainText(/signed out/i);
  expect(atProvider(page, stack)).toBe(false);
  await app.expectNothingPrivate();
  await app.checkPage();
  expect(stack.provider.count(({ path }) => /end-session|sign-out/.test(path)), 'requests for a sign-out').toBe(0);

  // The provider still knows her, and only asks for consent, not for credentials.
  await page.goto(`${stack.app.origin}/account`);
  await expect(page.getByRole('main')).toContainText(ada.email);
  await press(page.getByRole('button', { name: 'Allow' }));
  await app.expectAt('/account');
  await app.expectSignedIn(ada);
  await elsewhere.open('/account');
  await elsewhere.expectSignedIn(ada);
});

test('signs out everywhere', async ({ app, elsewhere, page, stack }) => {
  await press(choice(app, 'everywhere'));
  await passSignOut(page, stack);
  await app.expectNothingPrivate();
  await expectSignedOut(elsewhere);
  await page.goto(`${stack.app.origin}/sessions`);
  expect(atProvider(page, stack)).toBe(true);
});

test('the user menu leads here', async ({ app, page }) => {
  await app.open('/boards/orders');
  await app.userMenu(ada).click();
  await press(page.getByRole('link', { name: 'Sessions' }).filter({ visible: true }).first());
  await app.expectAt('/sessions');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`on a phone, ${colorScheme}`, () => {
    test.use({ viewport: { width: 390, height: 844 }, colorScheme });

    test('it fits and is accessible', async ({ app }) => {
      await expect(app.form(END)).toHaveCount(1);
      await (colorScheme === 'light' ? app.checkPage() : app.checkLook());
    });
  });
}

/** Its cookie is no longer valid; at the provider the browser is still signed in. */
async function expectSignedOut(other: App): Promise<void> {
  const answer = await other.page.request.get(`${other.stack.app.origin}/account`, { maxRedirects: 0 });
  expect([303, 401]).toContain(answer.status());
}

/** The button of a sign-out option. */
function choice(app: App, reach: string) {
  return app.form(SIGN_OUT).filter({ has: app.page.locator(`[value=${reach}]`) }).getByRole('button');
}
