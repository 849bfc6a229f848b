// A whole row of a table on its own page: with scripts off the only view, with scripts the target of the link.
import { press } from '../../support/sign_in.ts';
import { ada, expect, test } from '../../support/test.ts';

test('a row has a page that a link leads to, and a way back to the board as it was', async ({ app, page, hydrated }) => {
  await app.signIn(ada, '/boards/desk?all-orders.sort=total&all-orders.order=desc&all-orders.page=2');
  const panel = app.panel('All orders');
  const cells = await panel.rows.nth(3).locator(':scope > *').allInnerTexts();
  const href = (await panel.rowLink(3).getAttribute('href'))!;
  if (hydrated) await app.open(href);
  else await press(panel.rowLink(3));
  await app.expectAt(href);

  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { name: cells[0], exact: true })).toBeVisible();
  for (const cell of cells) await expect(main.getByText(cell, { exact: true }).first()).toBeVisible();
  await expect(main.getByRole('table').filter({ has: page.locator('caption', { hasText: /^Lines$/ }) })).toBeVisible();
  await expect(main.getByRole('button', { name: 'Close' }), 'which is for a drawer').toHaveCount(0);

  await press(main.getByRole('link', { name: 'Desk' }));
  await expect(page).toHaveURL(/\/boards\/desk\?all-orders\.sort=total&all-orders\.order=desc&all-orders\.page=2/);
  expect(await panel.rows.nth(3).locator(':scope > *').allInnerTexts()).toEqual(cells);
});

test('a link to a row that someone was sent leads through the sign-in to it', async ({ app, page, context }) => {
  await app.signIn(ada, '/boards/desk');
  const link = app.panel('All orders').rowLink(0);
  const [href, name] = [(await link.getAttribute('href'))!, await link.innerText()];
  await context.clearCookies();
  await app.signInThroughPages(ada, href);
  await app.expectAt(href);
  await expect(page.getByRole('main').getByRole('heading', { name, exact: true })).toBeVisible();
});

test('a row that the API does not know is no failure of the API', async ({ app, page, guard }) => {
  await app.signIn(ada, '/boards/desk');
  const href = (await app.panel('All orders').rowLink(0).getAttribute('href'))!;
  expect((await app.open(href)).status()).toBe(200);
  guard.expectStatus(404);
  expect((await app.open('/boards/desk/rows/all-orders?key=no-such-order')).status()).toBe(404);
  await expect(page.getByRole('main').getByRole('heading', { name: 'Not found' })).toBeVisible();
  await app.expectSignedIn(ada);
});


test('while the API is down, the page of a row says so and is there again after', async ({ app, page, stack, guard }) => {
  await app.signIn(ada, '/boards/desk');
  const link = app.panel('All orders').rowLink(0);
  const [href, name] = [(await link.getAttribute('href'))!, await link.innerText()];
  guard.expectStatus(502);
  await stack.api.down();
  await app.open(href);
  await expect(page.getByRole('alert').filter({ hasText: 'isn’t responding' })).toBeVisible();
  await stack.api.heal();
  await press(page.getByRole('link', { name: 'Try again' }));
  await app.expectAt(href);
  await expect(page.getByRole('main').getByRole('heading', { name, exact: true })).toBeVisible();
});
