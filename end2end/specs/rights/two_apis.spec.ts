// Two APIs with one sign-in: each gets its own token and no other, and an API unknown to the provider is named.
import { Acts } from '../../support/acts.ts';
import type { Exchange } from '../../support/proxy.ts';
import { press } from '../../support/sign_in.ts';
import { mei } from '../../support/providers.ts';
import { ada, expect, FEW, test } from '../../support/test.ts';

test.use({ settings: 'rights.toml' });
test.describe.configure(FEW);

/** The audiences of the tokens that an API received. */
function audiences(exchanges: readonly Exchange[], isOf: (path: string) => boolean): Set<string> {
  const of = (header: unknown) => {
    const payload = String(header).split('.')[1] ?? '';
    return JSON.stringify(JSON.parse(Buffer.from(payload, 'base64url').toString()).aud);
  };
  return new Set(exchanges.filter(({ path }) => isOf(path)).map(({ requestHeaders }) => of(requestHeaders.authorization)));
}

test('each API gets its own token', async ({ app, stack }) => {
  await app.signIn(ada, '/boards/both');
  await app.panel('Orders').expectRows();
  await app.panel('Deliveries').expectRows();
  const isWarehouse = (path: string) => path.startsWith('/warehouse');
  const [orders, warehouse] = [false, true].map((wanted) => audiences(stack.api.exchanges, (path) => isWarehouse(path) === wanted));
  expect([...orders!]).toEqual(['"https://orders.demo.example"']);
  expect([...warehouse!]).toEqual(['"https://warehouse.demo.example"']);
  await app.reloadPage();
  await app.panel('Deliveries').expectRows();
  expect(stack.refreshes(), 'one grant for the second API').toBe(1);
  expect(stack.refusedRefreshes()).toBe(0);
});

test('an action of the second API is done there', async ({ app }) => {
  const acts = new Acts(app);
  await app.signIn(mei, '/boards/both');
  const deliveries = app.panel('Deliveries');
  const row = deliveries.rows.filter({ has: app.page.locator('a[data-part=act]') }).first();
  const name = (await row.getByRole('rowheader').innerText()).trim();
  const link = row.locator('a[data-part=act]');
  if (app.hydrated) await link.click();
  else await press(link);
  await press(acts.form.getByRole('link', { name: 'Request access' }));
  await app.passProvider(mei);
  await app.settled();
  await expect(acts.form.getByText(`Has ${name} arrived?`)).toBeVisible();
  await acts.send();
  const done = deliveries.rows.filter({ has: app.page.getByRole('rowheader', { name, exact: true }) });
  await expect(done.locator('.said')).toHaveText(`${name} has arrived.`);
  await expect(done).toContainText('arrived');
});

test('an API that the provider gives no access to is named, and the other lives', async ({ app, stack }) => {
  await app.signIn(ada, '/boards/mixed');
  stack.provider.play({ kind: 'status', status: 400, body: '{"error":"invalid_target"}' }, /^\/token/);
  await app.open('/boards/both');
  await expect(app.panel('Deliveries').region.getByText('grant access to Warehouse')).toBeVisible();
  await app.panel('Orders').expectRows();
  await app.checkPage();
  await app.expectSignedIn(ada);
});
