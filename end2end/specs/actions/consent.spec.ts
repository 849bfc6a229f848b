// A scope that a sign-in does not include is requested when it is needed: the user returns to the action, confirms it,
// and it is done once.
import { Acts, SHIPPING } from '../../support/acts.ts';
import { press } from '../../support/sign_in.ts';
import { ada, expect, test } from '../../support/test.ts';

test('a scope that the API misses is asked for, and the form is there again', async ({ app, page }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Ship', order);
  await form.getByLabel('Parcels').fill('3');
  await form.getByLabel('Note').fill('Ring twice');
  await acts.send();
  await expect(form.getByText('You don’t have permission to do this.')).toBeVisible();
  await expect(form.getByText('orders:ship')).toBeVisible();
  await expect(form.getByText('Ring twice'), 'what was filled in is kept').toBeVisible();
  const refused = acts.seen(order);

  await press(form.getByRole('link', { name: 'Request access' }));
  await app.passProvider(ada);
  await app.settled();
  await expect(page).toHaveURL(/\/boards\/acts\/rows\/to-ship\/actions\/ship\?/);
  await expect(form.getByText('Nothing has been submitted yet')).toBeVisible();
  await expect(form.getByLabel('Note')).toHaveValue('Ring twice');
  await expect(form.getByLabel('Parcels')).toHaveValue('3');
  expect(acts.seen(order), 'nothing is done by coming back').toBe(refused);
  await app.checkPage();
  await expect(acts.button).toHaveText('Ship now');
  await acts.send();
  await acts.expectDone(order, `Order ${order} is on its way.`);
  expect(acts.seen(order)).toBe(refused + 1);
  const statuses = app.stack.api.exchanges.filter(({ path }) => path === `/orders/${order}/ship`).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
});

test('a scope that the provider does not grant is said not to be granted', async ({ app }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const order = await acts.order();
  const form = await acts.open('Write off', order);
  await expect(form.getByText('orders:write-off')).toBeVisible();
  await press(form.getByRole('link', { name: 'Request access' }));
  await app.passProvider(ada);
  await app.settled();
  await expect(form.getByText('Your sign-in provider didn’t grant')).toBeVisible();
  await expect(form.getByRole('button')).toHaveCount(0);
  await app.checkPage();
  await press(form.getByRole('link', { name: 'Back to the board' }));
  await app.expectSignedIn(ada);
});
