// Inspect: what a panel sent, what came back, and what its paths find there.
import type { Panel } from '../../support/app.ts';
import { press } from '../../support/sign_in.ts';
import { ada, expect, FEW, jonas, test } from '../../support/test.ts';

test.use({ settings: 'files.toml' });
test.describe.configure(FEW);

/** The link is visible in the panel under the pointer. */
async function inspect(panel: Panel, title: string): Promise<void> {
  await panel.region.hover();
  await press(panel.region.getByRole('link', { name: `Inspect: ${title}` }));
}

const JWT = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}/;

test('a panel leads to its exchange, and back to the board as it was', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/files?invoices.page=2');
  const panel = app.panel('Invoices');
  await panel.expectRows();
  const asked = stack.api.count(() => true);
  await inspect(panel, 'Invoices');
  await expect(app.heading('Inspect: Invoices')).toBeVisible();
  const main = page.getByRole('main');
  for (const text of ['?offset', 'Bearer [masked]', 'application/json', '5 rows', 'filled in 5 of 5 rows', 'The panel has data from this answer.']) {
    await expect(main).toContainText(text);
  }
  expect(stack.api.count(() => true), 'the exchange is that of the panel').toBe(asked);
  const html = await page.content();
  expect(html).not.toMatch(JWT);
  for (const secret of stack.secrets()) expect(html.includes(secret)).toBe(false);
  await app.checkPage();
  await press(main.getByRole('link', { name: 'Files' }));
  await expect(page).toHaveURL(/\/boards\/files\?invoices\.page=2/);
  await panel.expectRows();
});

test('a failing panel and an empty one say why', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/files');
  stack.api.play({ kind: 'status', status: 503, body: '{"error":"The database is locked."}', contentType: 'application/json' }, /\/orders\?/);
  await app.open('/boards/files');
  await expect(app.panel('Invoices').region.getByRole('alert')).toContainText('The database is locked.');
  await inspect(app.panel('Invoices'), 'Invoices');
  const main = page.getByRole('main');
  await expect(main).toContainText('503');
  await expect(main).toContainText('The database is locked.');
  await app.checkPage();

  await app.open('/boards/files');
  await inspect(app.panel('Empty'), 'Empty');
  await expect(main).toContainText('the path $.items[*] finds nothing to show');
  await expect(main).toContainText('"articles": [');
  await app.checkPage();

  await app.open('/boards/files');
  // The link of a small panel is there for the pointer and for the focus.
  await app.panel('All articles').region.hover();
  await press(app.panel('All articles').region.getByRole('link', { name: 'Inspect: All articles' }));
  await expect(main).toContainText('a list of 12 elements, but one value is needed');
});

test('a read by POST is sent again by its button only', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/files/inspect/price-list');
  const main = page.getByRole('main');
  const sent = () => stack.api.count(({ path }) => path === '/articles/search');
  await expect(main).toContainText('The panel sent no request in the last minute.');
  expect(sent()).toBe(0);
  await press(main.getByRole('button', { name: 'Send the request' }));
  await app.settled();
  await expect(main).toContainText('"sort": "name"');
  await expect(main).toContainText('3 rows');
  expect(sent()).toBe(1);
  await app.checkPage();
});

test('without the role there is no link, and the page is refused', async ({ app, page, guard, stack }) => {
  guard.expectStatus(403);
  await app.signIn(jonas, '/boards/files');
  await app.panel('Invoices').expectRows();
  await expect(page.getByRole('link', { name: /^Inspect/ })).toHaveCount(0);
  const asked = stack.api.count(() => true);
  expect((await app.open('/boards/files/inspect/invoices')).status()).toBe(403);
  await expect(page.getByText('You don’t have access to this')).toBeVisible();
  expect(stack.api.count(() => true)).toBe(asked);
  await app.checkPage();
});

test('a chart of one day has times on its axis', async ({ app, stack }) => {
  await app.signIn(ada, '/account');
  const hours = [6, 9, 12, 15, 18].map((hour) => ({ at: `2026-03-02T${String(hour).padStart(2, '0')}:00:00Z`, orders: hour }));
  stack.api.play({ kind: 'status', status: 200, body: JSON.stringify({ hours }), contentType: 'application/json' }, /by=week/);
  await app.open('/boards/files');
  const { region } = app.panel('By hour');
  // The user's time zone is London. The day is below its times.
  await expect(region.locator('.chart-x text')).toHaveText(['06:00', '09:00', '12:00', '15:00', '18:00', '2 Mar']);
  await expect(region.locator('figcaption')).toContainText('2 Mar 2026, 06:00');
  await app.checkPage();
});
