// Missing access is explained where it is missing, and enforced everywhere.
import { press } from '../../support/sign_in.ts';
import { ada, expect, FEW, jonas, test } from '../../support/test.ts';

test.use({ settings: 'rights.toml' });
test.describe.configure(FEW);

test('a board that takes a role is locked for everybody else, and says so', async ({ app, page, stack, guard }) => {
  guard.expectStatus(403);
  await app.signIn(jonas, '/boards/mixed');
  await press(page.getByRole('navigation', { name: 'Boards' }).getByRole('link', { name: 'Books, no access' }));
  await expect(page.getByRole('main').getByText('This requires the role finance.')).toBeVisible();
  await app.checkPage();
  expect((await page.request.get(`${stack.app.origin}/boards/books/csv/margin`)).status()).toBe(403);
  expect(stack.api.count(({ path }) => path === '/reports/margin'), 'the API is not asked').toBe(0);
});

test('whoever has the role sees the same board', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/books');
  await app.panel('Margin').expectRows();
  await expect(page.getByRole('link', { name: 'Books, no access' })).toHaveCount(0);
  expect(stack.api.count(({ path }) => path === '/reports/margin')).toBe(1);
});

test('a panel that takes a claim says which', async ({ app }) => {
  await app.signIn(ada, '/boards/mixed');
  const panel = app.panel('Of sales');
  await expect(panel.region.getByText('This requires Department to be Sales.')).toBeVisible();
  await app.panel('Orders').expectRows();
  await app.checkPage();
});

test('whoever has the claim sees it', async ({ app }) => {
  await app.signIn(jonas, '/boards/mixed');
  await app.panel('Of sales').expectReady();
});
