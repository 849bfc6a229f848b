// A form in the drawer: progress, the link back, keys, and broken connections.
import { Acts, SHIPPING, TO_SHIP } from '../../support/acts.ts';
import { ada, expect, test } from '../../support/test.ts';

/** How long the page shows the result. */
const SAID_FOR_MS = 6_000;

test.use({ moreScopes: TO_SHIP });

test('while it is being done the form says so, and presses count once', async ({ app, page, stack }) => {
  await page.clock.install();
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  await app.markDocument();
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  stack.api.play({ kind: 'hold', what: 'answer' }, /\/ship$/);
  const held = stack.api.held();
  await acts.button.click();
  await held;
  await expect(acts.button).toHaveText('Ship…');
  await expect(acts.button).toHaveAttribute('aria-disabled', 'true');
  await expect(acts.button, 'the focus is not lost').toBeFocused();
  await expect(form.locator('[data-part=act-doing]')).toHaveText('Ship…');
  await page.keyboard.press('Enter');
  await form.getByLabel('Parcels').press('Enter');
  await stack.api.heal();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  expect(acts.seen(order)).toBe(1);
  expect(stack.app.count(({ path }) => path === '/api/act')).toBe(1);
  const told = page.locator('#told [data-part=told]');
  await expect(told).toHaveText(`Order ${order} is on its way.`);
  expect(await app.isSameDocument()).toBe(true);
  await page.clock.runFor(SAID_FOR_MS);
  await expect(told, 'it goes away by itself').toBeEmpty();
});

test('with keys alone', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const link = acts.link('Ship', order);
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(acts.form.getByLabel('Carrier'), 'what can be filled in comes first').toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(link).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(acts.form.getByLabel('Carrier')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.type('3');
  await page.keyboard.press('Enter');
  await acts.expectDone(order, `Order ${order} is on its way.`);
  // Its button disappeared with the row.
  const panel = app.panel('To ship').region;
  await expect.poll(() => panel.evaluate((panel) => panel.contains(document.activeElement))).toBe(true);
});

test('a connection that breaks on the way back: it is asked how it went, and done once', async ({ app, page, guard }) => {
  guard.expectFailure(/\/api\/act$/);
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  await acts.open('Ship', order);
  let cut = 0;
  await page.route('**/api/act', async (route) => {
    if (cut++ > 1) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await acts.button.click();
  await expect(acts.form.getByText('Checking the result').filter({ visible: true })).toBeVisible();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  expect(cut).toBe(3);
  expect(acts.seen(order)).toBe(1);
});

test('no connection for long: not known is said, and can be asked again', async ({ app, page, guard }) => {
  guard.expectFailure(/\/api\/act$/);
  await page.clock.install();
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  await acts.open('Ship', order);
  let isCut = true;
  await page.route('**/api/act', async (route) => {
    if (!isCut) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await acts.button.click();
  // It is sent again after 1, 2, 4, 8 and 16 seconds; then the page reports the unknown outcome.
  const unknown = acts.form.getByText('We couldn’t confirm whether this went through').filter({ visible: true });
  await expect(async () => {
    await page.clock.runFor(1_000);
    await expect(unknown).toBeVisible({ timeout: 1 });
  }).toPass({ timeout: 30_000, intervals: [0] });
  await expect(acts.button).toHaveText('Try again');
  isCut = false;
  await acts.button.click();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  expect(acts.seen(order)).toBe(1);
});

test('put away while it is on its way, and refused: it is there again, and says so', async ({ app, page, stack }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  await sendAndPutAway(acts, order);
  await stack.api.heal();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(acts.form.getByRole('alert')).toContainText('Not completed');
  await expect(acts.form.getByLabel('Note')).toHaveAccessibleDescription(/single line/);
  await expect(acts.form.getByLabel('Note')).toBeFocused();
  await acts.form.getByLabel('Note').fill('Ring twice');
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
});

test('refused where another drawer has taken its place: it is said there', async ({ app, page, stack }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const [order, other] = await acts.orders();
  await sendAndPutAway(acts, order!);
  await acts.open('Send as is', other!);
  await expect(acts.form.locator('.question'), 'with nothing to fill in, the question is read').toBeFocused();
  await stack.api.heal();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('Ship: Not completed');
  await expect(acts.form.locator('.question')).toContainText(other!);
});

/** Sends values that the API refuses, and closes the drawer before the response. */
async function sendAndPutAway(acts: Acts, order: string): Promise<void> {
  const { page, stack } = acts.app;
  const form = await acts.open('Ship', order);
  await form.getByLabel('Note').fill('Ring twice.\nThen wait.');
  stack.api.play({ kind: 'hold', what: 'request' }, /\/ship$/);
  const held = stack.api.held();
  await acts.button.click();
  await held;
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
}

test('where no form can be had, its page says why', async ({ app, stack, guard }) => {
  guard.expectStatus(502);
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const link = acts.link('Ship', await acts.order());
  const href = (await link.getAttribute('href'))!;
  stack.api.play({ kind: 'status', status: 500 }, /^\/orders\/ORD/i);
  await link.click();
  await app.expectAt(href);
  await expect(app.page.getByRole('alert').filter({ hasText: 'isn’t responding' })).toBeVisible();
});
