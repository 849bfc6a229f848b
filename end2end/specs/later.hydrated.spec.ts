// Code that is loaded on first use: not with the page, before it is needed, and nothing is dead without it.
import { Acts, SHIPPING, TO_SHIP } from '../support/acts.ts';
import { LATER, type App } from '../support/app.ts';
import type { Guard } from '../support/guard.ts';
import { press } from '../support/sign_in.ts';
import { ada, expect, test } from '../support/test.ts';

test.use({ moreScopes: TO_SHIP });

test('FU-01 a first view does not load it, and the first touch does', async ({ app, page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await app.signIn(ada);
  await app.panel('Orders').expectRows();
  expect(asked.filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
  await app.touch();
  await app.panel('Orders').rowLink(0).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(asked.filter((path) => LATER.test(path))).toHaveLength(1);
});

test('FU-01 a page that is not touched loads it after a while', async ({ app, page }) => {
  const loaded = page.waitForResponse((response) => LATER.test(response.url()), { timeout: 15_000 });
  await app.signIn(ada);
  expect((await loaded).ok()).toBe(true);
});

test('FU-02 when a new version has replaced it, links and forms open pages', async ({ app, page, guard }) => {
  const acts = new Acts(app);
  await withoutIt(app, guard);

  await app.signIn(ada, '/boards/desk');
  const row = app.panel('All orders').rowLink(0);
  const href = (await row.getAttribute('href'))!;
  await row.click();
  await app.expectAt(href);
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await app.open('/boards/desk');
  const sort = app.panel('All orders').region.locator('th[data-key] a').first();
  await app.markDocument();
  await press(sort);
  await expect.poll(() => app.isSameDocument()).toBe(false);
  await app.settled();
  expect(app.path()).toContain('sort=');

  await app.open(SHIPPING);
  const order = await acts.order();
  const link = acts.link('Ship', order);
  const form = (await link.getAttribute('href'))!;
  await link.click();
  await app.expectAt(form);
  await app.settled();
  await press(acts.button);
  await app.settled();
  expect(app.path()).toMatch(/^\/boards\/acts/);
  await expect(acts.row(order).locator('a[data-part=act]').filter({ hasText: 'Ship' })).toHaveCount(0);
});

test('FU-02 when it could not be loaded once, the next touch of something tries again', async ({ app, page, guard }) => {
  const back = await withoutIt(app, guard);
  await app.signIn(ada, '/boards/desk');
  await Promise.all([page.waitForResponse((response) => LATER.test(response.url())), page.mouse.move(5, 5)]);
  await back();
  await app.panel('All orders').rowLink(0).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(app.path()).toMatch(/^\/boards\/desk\?row=/);
});

/** From now on the file is gone; until the result is called. */
async function withoutIt(app: App, guard: Guard): Promise<() => Promise<void>> {
  guard.expectStatus(404, LATER);
  guard.expectError(/WebAssembly.*HTTP status code is not ok/);
  await app.page.route(LATER, (route) => route.fulfill({ status: 404, body: '' }));
  return () => app.page.unroute(LATER);
}
