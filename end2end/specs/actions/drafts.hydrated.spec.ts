// The input of a form is restored: after it was closed, after a reload, after a session that ended; not after a
// sign-out, and never for another user.
import { Acts, SHIPPING, TO_SHIP } from '../../support/acts.ts';
import type { App } from '../../support/app.ts';
import { press } from '../../support/sign_in.ts';
import { ada, expect, jonas, test, WAITS } from '../../support/test.ts';

test.use({ moreScopes: TO_SHIP });

const TYPED = 'Ring twice, then wait';

test('it is back when the form is opened again, here and on its own page, until it is begun anew', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  const note = form.getByLabel('Note');
  const back = page.locator('[data-part=draft]').getByText('Your draft has been restored.');
  await expect(back).toBeHidden();
  await note.fill(TYPED);
  await form.getByLabel('Fragile').check();
  await form.getByLabel('Carrier').selectOption('DHL');
  await page.keyboard.press('Escape');
  await app.reloadPage();
  await acts.open('Ship', order);
  await expect(note).toHaveValue(TYPED);
  await expect(form.getByLabel('Fragile')).toBeChecked();
  await expect(form.getByLabel('Carrier')).toHaveValue('DHL');
  await expect(form.getByLabel('Parcels'), 'as it was at first').toHaveValue('1');
  await expect(back).toBeVisible();
  await app.open((await acts.link('Ship', order).getAttribute('href'))!);
  await expect(page.getByLabel('Note')).toHaveValue(TYPED);
  await expect(back).toBeVisible();
  await app.checkPage();
  await page.getByRole('button', { name: 'Start over' }).click();
  await expect(page.getByLabel('Note')).toHaveValue('');
  await expect(page.getByLabel('Fragile')).not.toBeChecked();
  await expect(page.getByLabel('Carrier')).toHaveValue('Post');
  await expect(back).toBeHidden();
  await expect.poll(() => drafts(app)).toEqual([]);
});

test('only what was typed is kept: what the form begins with stays as it is', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Note').fill(TYPED);
  await form.getByLabel('Parcels').fill('3');
  await form.getByLabel('Parcels').fill('1');
  await expect.poll(() => kept(app)).toEqual([['field-note', TYPED]]);
  await page.keyboard.press('Escape');
  // Meanwhile the row has changed.
  await page.route('**/api/action_form*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replace(/(<input[^>]*name="field-parcels"[^>]*) value="1"|(<input[^>]*) value="1"([^>]*name="field-parcels")/, '$1$2 value="5"$3');
    await route.fulfill({ response: answer, body });
  });
  await acts.open('Ship', order);
  await expect(form.getByLabel('Parcels')).toHaveValue('5');
  await expect(form.getByLabel('Note')).toHaveValue(TYPED);
  await form.getByLabel('Note').fill('');
  await expect.poll(() => drafts(app), 'nothing is left of it').toEqual([]);
});

test('what was sent is not filled in again while it may be done', async ({ app, page, stack }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Note').fill(TYPED);
  await expect.poll(() => drafts(app)).toHaveLength(1);
  stack.api.play({ kind: 'hold', what: 'request' }, /\/ship$/);
  const held = stack.api.held();
  await acts.button.click();
  await held;
  await expect.poll(() => drafts(app)).toEqual([]);
  await form.getByLabel('Note').fill(`${TYPED}, then go`);
  await page.keyboard.press('Escape');
  expect(await drafts(app), 'not by typing on, either').toEqual([]);
  await app.reloadPage();
  await acts.open('Ship', order);
  await expect(form.getByLabel('Note')).toHaveValue('');
  await expect(page.locator('[data-part=draft]').getByText('Your draft has been restored.')).toBeHidden();
  await stack.api.heal();
});

test('what was refused is kept as before', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Note').fill(TYPED);
  await form.getByLabel('Parcels').fill('some');
  await acts.send();
  await expect(form.getByLabel('Parcels')).toHaveAttribute('aria-invalid', 'true');
  await form.getByLabel('Parcels').fill('2');
  await expect.poll(() => kept(app)).toEqual([['field-parcels', '2'], ['field-note', TYPED]]);
  await page.keyboard.press('Escape');
  await acts.open('Ship', order);
  await expect(form.getByLabel('Parcels')).toHaveValue('2');
  await expect(form.getByLabel('Note')).toHaveValue(TYPED);
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  await expect.poll(() => drafts(app)).toEqual([]);
});

test('nothing of it is hidden fields, and it goes when it is done', async ({ app }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Note').fill(TYPED);
  await expect.poll(() => drafts(app)).toHaveLength(1);
  const [[key, value]] = (await drafts(app)) as [[string, string]];
  expect(key).toContain(`key=${order}`);
  expect([...new URLSearchParams(value).keys()].every((name) => name.startsWith('field-'))).toBe(true);
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  await expect.poll(() => drafts(app)).toEqual([]);
});

test('a session that ended keeps it, and the form is there again after the sign-in', async ({ app, page, stack, guard }) => {
  guard.expectEnd();
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  await app.markDocument();
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Note').fill(TYPED);
  await stack.operate('end', '--all', '--yes');
  await app.expectEnded('operator', /ended your session/);
  await app.signInAgain(ada);
  await app.expectAwake();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(form.getByLabel('Note')).toHaveValue(TYPED);
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  expect(acts.seen(order)).toBe(1);
});

test('what is sent after the end is not lost, and not done', async ({ app, page, context, guard }) => {
  guard.expectEnd();
  guard.expectStatus(401, /^\/api\/act$/);
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  await app.markDocument();
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Note').fill(TYPED);
  await context.clearCookies();
  await acts.send();
  await app.expectEnded('over', /has ended/);
  expect(acts.seen(order)).toBe(0);
  await app.signInAgain(ada);
  await app.expectAwake();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(form.getByLabel('Note')).toHaveValue(TYPED);
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  expect(acts.seen(order)).toBe(1);
});

test('who signs in again before the end is led back to what they had begun', WAITS, async ({ app, page, stack }) => {
  test.setTimeout(90_000);
  await stack.restart({ CLAIMCHECK_IDLE_SECS: '16', CLAIMCHECK_ABSOLUTE_SECS: '16' });
  const acts = new Acts(app);
  const asked = `${SHIPPING}?to-ship.q=ORD`;
  await app.signIn(ada, asked);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Note').fill(TYPED);
  await expect(app.notice()).toBeVisible({ timeout: 16_000 });
  await press(app.again());
  await app.passProvider(ada);
  await app.settled();
  await app.expectAt(asked);
  const begun = page.getByText('You have an unfinished form.');
  await expect(begun).toBeVisible();
  await stack.restart();
  const goOn = page.getByRole('link', { name: 'Continue' });
  await expect(goOn, 'with what the board was asked').toHaveAttribute('href', /key=.*&to-ship\.q=ORD$/);
  await goOn.click();
  await expect(form.getByLabel('Note')).toHaveValue(TYPED);
  await expect(begun).toBeHidden();
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  await expect(page.getByRole('main'), 'what opened it is gone').toBeFocused();
});

test('a sign-out takes it along, in this tab and in another', async ({ app, guard }) => {
  guard.expectEnd();
  await app.signIn(ada, SHIPPING);
  await type(app);
  await app.page.keyboard.press('Escape');
  await app.signOut(ada);
  await expect.poll(() => drafts(app)).toEqual([]);

  await app.signIn(ada, SHIPPING);
  await type(app);
  const tab = await app.anotherTab();
  await tab.open('/sessions');
  await press(tab.panel('Sign out').region.getByRole('button', { name: 'Sign out here only' }));
  await app.expectEnded('signed-out', /signed out/i);
  await expect.poll(() => drafts(app)).toEqual([]);
});

test('the browser itself forgets it at a sign-out', async ({ app }) => {
  await app.signIn(ada, SHIPPING);
  await app.page.evaluate(() => sessionStorage.setItem('left', 'behind'));
  await app.open('/sessions');
  await press(app.panel('Sign out').region.getByRole('button', { name: 'Sign out here only' }));
  await app.settled();
  expect(await app.page.evaluate(() => sessionStorage.getItem('left'))).toBeNull();
});

test('nobody else sees it', async ({ app, context }) => {
  await app.signIn(ada, SHIPPING);
  await type(app);
  await context.clearCookies();
  await app.page.goto('about:blank');
  await app.signIn(jonas, SHIPPING);
  await expect.poll(() => drafts(app)).toEqual([]);
});

async function type(app: App): Promise<void> {
  const acts = new Acts(app);
  const form = await acts.open('Ship', await acts.order());
  await form.getByLabel('Note').fill(TYPED);
  await expect.poll(() => drafts(app)).toHaveLength(1);
}

/** Names and values of the only draft; none if there is not exactly one. */
async function kept(app: App): Promise<[string, string][]> {
  const all = await drafts(app);
  return all.length === 1 ? [...new URLSearchParams(all[0]![1])] : [];
}

/** The drafts of this tab. */
function drafts(app: App): Promise<[string, string][]> {
  return app.page.evaluate(() => Object.entries(sessionStorage).filter(([key]) => key.startsWith('draft:')) as [string, string][]);
}
