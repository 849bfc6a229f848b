// The table of a panel: filter, sort, reload; with scripts in place, without them by plain links and forms.
import { ada, expect, test } from '../support/test.ts';

test.beforeEach(async ({ app, page }) => {
  await app.signIn(ada);
  await app.panel('Orders').expectRows();
  await page.evaluate(() => ((window as unknown as { sameDocument: boolean }).sameDocument = true));
});

test.afterEach(async ({ page, hydrated }) => {
  const same = await page.evaluate(() => (window as unknown as { sameDocument?: boolean }).sameDocument);
  expect(same ?? false, 'whether it happened without a navigation').toBe(hydrated);
});

test('is named, and says how many rows there are', async ({ app, page, hydrated }) => {
  const panel = app.panel('Orders');
  await expect(panel.table.locator('caption')).toBeAttached();
  expect(await panel.rows.count()).toBeGreaterThanOrEqual(50);
  await expect(panel.region.getByText(/\d+ (of [\d,]+ )?(rows|orders)/i).first()).toBeVisible();
  if (!hydrated) await page.reload();
});

test('on a phone, the panel is as high as all its cards', async ({ app, page, hydrated }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const panel = app.panel('Orders');
  expect(await panel.rows.count()).toBeGreaterThan(25);
  const [last, whole] = [await panel.rows.last().boundingBox(), await panel.region.boundingBox()];
  expect(last!.y + last!.height).toBeLessThanOrEqual(whole!.y + whole!.height);
  if (!hydrated) await page.reload();
});

test('filters', async ({ app, page, hydrated }) => {
  const panel = app.panel('Orders');
  const all = await panel.rows.count();
  const wanted = (await panel.column(0))[2]!.trim();
  await panel.filter.fill(wanted);
  if (!hydrated) {
    await panel.filter.press('Enter');
    await expect(page).toHaveURL(/\?/);
  }
  await expect.poll(() => panel.rows.count()).toBeLessThan(all);
  for (const row of await panel.rows.allInnerTexts()) expect(row).toContain(wanted);
  await app.checkPage();

  await panel.filter.fill('nothing is called like this');
  if (!hydrated) await panel.filter.press('Enter');
  await expect(panel.rows).toHaveCount(0);
  await expect(panel.filter).toHaveValue('nothing is called like this');
});

test('sorts both ways', async ({ app }) => {
  const panel = app.panel('Orders');
  await panel.sorter(0).click();
  await expect(panel.header(0)).toHaveAttribute('aria-sort', 'ascending');
  const ascending = await panel.column(0);
  await panel.sorter(0).click();
  await expect(panel.header(0)).toHaveAttribute('aria-sort', 'descending');
  expect(await panel.column(0)).toEqual([...ascending].reverse());
  await app.checkPage();
});

test('reloads from the API', async ({ app, stack }) => {
  const panel = app.panel('Orders');
  const before = stack.api.count(({ status }) => status === 200);
  await panel.reload().click();
  await expect.poll(() => stack.api.count(({ status }) => status === 200)).toBeGreaterThan(before);
  await panel.expectRows();
});
