// The API requires a recent second factor: the user sees why, confirms at the provider, returns to the action, and it
// is done once.
import { Acts, SHIPPING } from '../../support/acts.ts';
import { codeField, press } from '../../support/sign_in.ts';
import { ada, expect, test } from '../../support/test.ts';

test('a payout is ordered after a second factor, once', async ({ app, page, stack }) => {
  const acts = new Acts(app);
  await app.signIn(ada, SHIPPING);
  const form = await acts.open('Order a payout');
  await form.getByLabel('Amount').fill('120.50');
  await form.getByLabel('Paid to').fill('Casa Ferrer');
  await form.getByLabel('Reference').fill('Invoice 7');
  await acts.send();
  await expect(form.getByText('Confirm it’s you.')).toBeVisible();
  await expect(form.getByText('The API requires a second factor and a sign-in no more than 5 minutes ago.')).toBeVisible();
  await expect(form.getByText('Casa Ferrer')).toBeVisible();
  expect(statuses()).toEqual([401]);

  await press(form.getByRole('link', { name: 'Confirm' }));
  await expect(codeField(page).or(page.getByRole('button')).first()).toBeVisible();
  await app.passProvider(ada);
  await app.settled();
  await expect(page).toHaveURL(/\/boards\/acts\/actions\/order-a-payout\?/);
  await expect(form.getByText('Nothing has been submitted yet')).toBeVisible();
  await expect(form.getByLabel('Paid to')).toHaveValue('Casa Ferrer');
  expect(statuses(), 'nothing is done by coming back').toEqual([401]);
  await app.checkPage();
  await acts.send();
  await expect(page).toHaveURL(/\/boards\/acts(#.*)?$/);
  await expect(page.locator('#board-said')).toContainText('The payout is ordered.');
  expect(statuses()).toEqual([401, 201]);

  function statuses(): number[] {
    return stack.api.exchanges.filter(({ method, path }) => method === 'POST' && path === '/payouts').map(({ status }) => status);
  }
});
