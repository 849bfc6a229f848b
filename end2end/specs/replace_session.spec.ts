// A link of the provider's portal with a hint about the account, while someone is signed in (OpenID Connect Core 4).
import type { App } from '../support/app.ts';
import { press } from '../support/sign_in.ts';
import type { Stack } from '../support/stack.ts';
import { ada, expect, jonas, test } from '../support/test.ts';

/** The link of the portal to this path, for that account. */
function portal(stack: Stack, path: string, hint?: string): string {
  const query = new URLSearchParams({ iss: stack.provider.origin, target_link_uri: stack.app.origin + path });
  if (hint) query.set('login_hint', hint);
  return `/auth/sign-in?${query}`;
}

async function expectQuestion(app: App): Promise<void> {
  await expect(app.heading('Replace your session?')).toBeVisible();
  await expect(app.page.getByText(`You’re signed in as ${ada.name}`)).toBeVisible();
}

test('a link about another account asks first, and staying keeps the session', async ({ app, page, context, stack }) => {
  await app.signIn(ada, '/account');
  const cookies = await context.cookies(stack.app.origin);
  await app.open(portal(stack, '/boards/orders?orders.q=a', jonas.email));
  await expectQuestion(app);
  await app.checkPage();
  await press(page.getByRole('link', { name: 'Stay signed in' }));
  await app.expectAt('/boards/orders?orders.q=a');
  await app.expectSignedIn(ada);
  // The board that was opened last is another cookie.
  const values = (list: typeof cookies) => list.filter(({ name }) => !name.endsWith('claimcheck-board')).map(({ name, value }) => `${name}=${value}`).sort();
  expect(values(await context.cookies(stack.app.origin)), 'the same session').toEqual(values(cookies));
});

test('continuing signs in and leads to the page of the link', async ({ app, page, stack }) => {
  await app.signIn(ada, '/account');
  await app.open(portal(stack, '/boards/orders?orders.q=a', jonas.email));
  await expectQuestion(app);
  stack.provider.forget();
  await press(page.getByRole('link', { name: 'Continue and sign in' }));
  const isHinted = ({ path }: { path: string }) => new URL(path, stack.provider.origin).searchParams.get('login_hint') === jonas.email;
  await expect.poll(() => stack.provider.count(isHinted)).toBe(1);
  await app.passProvider(jonas);
  await app.expectAt('/boards/orders?orders.q=a');
  await expect(page.locator('summary').first()).toBeVisible();
});

test('a link without a hint leads straight to the page', async ({ app, stack }) => {
  await app.signIn(ada, '/account');
  stack.provider.forget();
  await app.open(portal(stack, '/boards/orders?orders.q=a'));
  await app.expectAt('/boards/orders?orders.q=a');
  await app.expectSignedIn(ada);
  expect(stack.provider.exchanges, 'without the provider').toEqual([]);
});

test('a link to another site leads home, and nobody is asked there', async ({ app, stack }) => {
  await app.signIn(ada, '/account');
  const query = new URLSearchParams({ iss: stack.provider.origin, target_link_uri: 'https://evil.example/boards/orders' });
  await app.open(`/auth/sign-in?${query}`);
  await app.expectAt('/boards/orders');
});
