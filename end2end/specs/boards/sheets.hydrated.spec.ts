// What opens over a board without a script: closed by Escape and by clicks elsewhere.
import { ada, expect, test } from '../../support/test.ts';

test('the dates of a period close on Escape and on a click elsewhere, and give the focus back', async ({ app, page }) => {
  await app.signIn(ada, '/boards/overview');
  const sheet = page.locator('details.own');
  const field = sheet.getByLabel('From');
  await sheet.locator('summary').click();
  await expect(field).toBeVisible();
  await field.click();
  await expect(field, 'a click inside').toBeVisible();
  await page.keyboard.press('Escape');
  await expect(field).toBeHidden();
  await expect(sheet.locator('summary')).toBeFocused();
  await sheet.locator('summary').click();
  await expect(field).toBeVisible();
  await page.getByRole('heading', { level: 1 }).click();
  await expect(field).toBeHidden();
});
