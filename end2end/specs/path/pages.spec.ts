// The app below a path of an origin that it shares: pages, forms, cookies and redirects, with scripts and without.
import { Acts, SHIPPING, TO_SHIP } from '../../support/acts.ts';
import { press } from '../../support/sign_in.ts';
import { ada, expect, pathOf, strayAddresses, test } from '../../support/path.ts';

test.use({ moreScopes: TO_SHIP });

test('R26 a sign-in, every page and a sign-out stay below the path', async ({ app, page, stack, context, guard }) => {
  guard.expectStatus(404);
  await app.open('/');
  expect(await strayAddresses(page, stack)).toEqual([]);
  await press(app.signInLink());
  await app.passProvider(ada);
  await app.settled();
  await app.expectSignedIn(ada);
  for (const path of ['/', '/boards', '/boards/orders', '/boards/overview', '/boards/desk', SHIPPING, '/account', '/sessions', '/no/such/page']) {
    await app.open(path);
    expect(await strayAddresses(page, stack), path).toEqual([]);
  }
  const cookies = (await context.cookies(stack.address)).filter(({ name }) => name.includes('claimcheck'));
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) {
    expect(cookie.path, cookie.name).toBe(pathOf(stack));
    expect(cookie.name.startsWith('__Secure-'), cookie.name).toBe(stack.authority !== undefined);
    // Another dashboard of the origin has other names.
    expect(cookie.name).toContain(pathOf(stack).split('/').at(-1));
  }
  await app.open('/account');
  await app.signOut(ada);
  expect(app.path().split('?')[0]).toMatch(/^\/?$/);
  await app.expectNothingPrivate();
  const signOut = stack.app.exchanges.find(({ path }) => path === `${pathOf(stack)}/auth/sign-out`);
  expect(signOut?.responseHeaders['clear-site-data'], 'it would delete what is of others').toBeUndefined();
  await app.open('/boards/orders');
  expect(page.url().startsWith(stack.provider.origin)).toBe(true);
});

test('R26 paging, sorting and filters lead to addresses below the path', async ({ app, page }) => {
  await app.signIn(ada, '/boards/desk');
  const panel = app.panel('All orders');
  await panel.page('Next').click();
  await expect(panel.region.getByText(/^11–20 of [\d,]+ rows$/)).toBeVisible();
  await app.expectAt('/boards/desk?all-orders.page=2');
  await panel.sorter(0).click();
  await expect(panel.header(0)).toHaveAttribute('aria-sort', /scending/);
  await app.open('/boards/overview');
  await press(page.getByRole('link', { name: '7 days' }));
  await app.settled();
  await app.expectAt('/boards/overview?period=7d');
});

test('R26 an action of a row is done, and a preference is kept', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  await acts.open('Ship', order);
  await acts.send();
  expect(acts.seen(order)).toBe(1);
  await expect(acts.row(order)).toContainText('shipped');
  await app.userMenu(ada).click();
  await press(page.getByRole('button', { name: 'Deutsch' }));
  await app.settled();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  expect(app.path().split('?')[0]).toBe(SHIPPING);
});

test('R26 a page that needs a sign-in is the one that the user returns to', async ({ app }) => {
  await app.signInThroughPages(ada, '/boards/desk?all-orders.page=2');
  await app.expectAt('/boards/desk?all-orders.page=2');
});
