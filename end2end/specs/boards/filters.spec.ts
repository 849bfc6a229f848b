// Filters of a board, beside a search and a choice of days.
import { press } from '../../support/sign_in.ts';
import { ada, expect, FEW, test } from '../../support/test.ts';

test.use({ settings: 'files.toml' });
test.describe.configure(FEW);

test('what is searched for stays when a filter is applied next to a choice of days', async ({ app, page, hydrated }) => {
  await app.signIn(ada, '/boards/sift');
  const panel = app.panel('Orders');
  await panel.expectRows();
  await panel.filter.fill('a');
  if (!hydrated) await panel.filter.press('Enter');
  await expect(page).toHaveURL(/[?&]orders\.q=a/);
  await page.locator('#filters > summary').click();
  await page.getByRole('combobox', { name: 'Country' }).selectOption('DE');
  await press(page.getByRole('button', { name: 'Apply' }));
  await expect(page).toHaveURL(/[?&]country=DE/);
  await expect(page).toHaveURL(/[?&]orders\.q=a/);
  await expect(panel.filter).toHaveValue('a');
  await app.checkPage();
});
