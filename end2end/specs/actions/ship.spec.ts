// An action on a board: the question, invalid input, and that it is done once.
import { Acts, SHIPPING, TO_SHIP } from '../../support/acts.ts';
import { axeViolations, LOOKS } from '../../support/guard.ts';
import { ada, expect, test } from '../../support/test.ts';

test.use({ moreScopes: TO_SHIP });

test('an order is shipped, and its row says so', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await expect(form.locator('.question')).toContainText(`Ship order ${order} to `);
  await expect(form.getByLabel('Carrier')).toHaveValue('Post');
  await form.getByLabel('Carrier').selectOption('DHL');
  await form.getByLabel('Parcels').fill('2');
  await form.getByLabel('Note').fill('Ring twice');
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  expect(acts.seen(order)).toBe(1);
  await expect(page).toHaveURL(/\/boards\/acts(#.*)?$/);
  await app.reloadPage();
  await expect(acts.row(order), 'there it is').toContainText('shipped');
});

test('what is wrong is said at its field, and what was filled in is kept', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Parcels').fill('some');
  await form.getByLabel('Note').fill('Ring twice');
  await form.getByLabel('Fragile').check();
  await acts.send();
  const parcels = form.getByLabel('Parcels');
  await expect(parcels).toHaveAccessibleDescription(/Enter a whole number/);
  await expect(parcels).toHaveAttribute('aria-invalid', 'true');
  await expect(parcels).toHaveValue('some');
  await expect(parcels, 'it is what comes first').toBeFocused();
  await expect(form.getByLabel('Note')).toHaveValue('Ring twice');
  await expect(form.getByLabel('Fragile')).toBeChecked();
  expect(acts.seen(order)).toBe(0);
  expect(await axeViolations(page, app.hydrated)).toEqual([]);

  await parcels.fill('2');
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  expect(acts.seen(order)).toBe(1);
});

test('what the API does not like is said at its field', async ({ app }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Note').fill('Ring twice.\nThen wait.');
  await acts.send();
  await expect(form.getByLabel('Note')).toHaveAccessibleDescription(/single line/);
  await expect(form.getByLabel('Note')).toHaveValue('Ring twice.\nThen wait.');
  expect(acts.seen(order)).toBe(1);
  await form.getByLabel('Note').fill('Ring twice.');
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
});

test('sent three times at once, it is done once', async ({ app, page, stack }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  await acts.open('Ship', order);
  stack.api.play({ kind: 'hold', what: 'answer' }, /\/ship$/);
  const held = stack.api.held();
  if (app.hydrated) {
    await acts.button.evaluate((button) => [1, 2, 3].forEach(() => (button as HTMLElement).click()));
    await held;
    await stack.api.heal();
  } else {
    const fields = await acts.form.evaluate((form) => [...new FormData(form as HTMLFormElement)].map(([name, value]) => [name, String(value)]));
    const once = { form: Object.fromEntries(fields), headers: { origin: stack.app.origin, accept: 'text/html' }, maxRedirects: 0 };
    const sent = Promise.all([1, 2, 3].map(() => page.request.post(`${stack.app.origin}/api/act`, once)));
    await held;
    await expect.poll(() => stack.app.count(({ path }) => path === '/api/act')).toBe(3);
    await stack.api.heal();
    const answers = await sent;
    expect(answers.map((answer) => [answer.status(), answer.headers().location])).toEqual(Array(3).fill([303, `${SHIPPING}#panel-to-ship`]));
    await app.open(SHIPPING);
  }
  await acts.expectDone(order, `Order ${order} is on its way.`);
  expect(acts.seen(order)).toBe(1);
});

test('where the API breaks off, nobody knows, and that is said', async ({ app, stack }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Note').fill('Ring twice');
  stack.api.play({ kind: 'drop' }, /\/ship$/);
  await acts.send();
  await expect(form.getByText('We couldn’t confirm whether this went through.').filter({ visible: true })).toBeVisible();
  expect(acts.seen(order), 'what may have been done is not repeated').toBe(1);
  await stack.api.heal();
  await expect(form.getByLabel('Note')).toHaveValue('Ring twice');
  await expect(acts.button).toHaveText('Ship again');
  if (app.hydrated) await expect(acts.row(order).locator('.said')).toContainText('may not have been completed');
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  expect(acts.seen(order)).toBe(2);
});

test('a question alone is asked, and can be answered with no', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Send as is', order);
  await expect(form.locator('.question')).toHaveText(`Send order ${order} just as it is?`);
  await form.getByRole('link', { name: 'Cancel' }).click();
  await expect(acts.form).toBeHidden();
  await expect(page).toHaveURL(/\/boards\/acts/);
  expect(acts.seen(order)).toBe(0);
  await acts.open('Send as is', order);
  await acts.send();
  await acts.expectDone(order, `Order ${order} is sent.`);
});

test('what a person may not do is locked, and says why', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  await acts.reveal(acts.link('Write off', order));
  await expect(acts.link('Write off', order)).toHaveAccessibleName(/Write off .*no access/);
  const form = await acts.open('Write off', order);
  await expect(form.getByText('You don’t have permission to do this')).toBeVisible();
  await expect(form.getByRole('button')).toHaveCount(0);
  expect(await axeViolations(page, app.hydrated)).toEqual([]);
});

test('a form is accessible and fits, on its page and in the drawer, on a phone and a desktop, light and dark', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const href = (await acts.link('Ship', await acts.order()).getAttribute('href'))!;
  for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 900 }]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const isLight = colorScheme === 'light';
      for (const path of [href, SHIPPING]) {
        await app.open(path);
        await (isLight ? app.checkPage() : app.checkLook());
      }
      await acts.open('Ship', await acts.order());
      expect(await axeViolations(page, app.hydrated, isLight ? undefined : LOOKS), `${viewport.width}, ${colorScheme}`).toEqual([]);
      const overflow = await acts.form.evaluate((form) => form.scrollWidth - form.clientWidth);
      expect(overflow, `sideways, at ${viewport.width}`).toBeLessThanOrEqual(0);
    }
  }
});
