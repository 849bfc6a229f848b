// The points of a chart, read one by one: by keyboard and with a pointer.
import type { Locator } from '@playwright/test';
import { ada, expect, test } from '../../support/test.ts';

for (const title of ['Revenue by day', 'Orders by status']) {
  test(`${title}: points are read by keyboard and pointer`, async ({ app, page }) => {
    await app.signIn(ada, '/boards/overview');
    const { region } = app.panel(title);
    const [slider, plot, readOut] = [region.getByRole('slider'), region.locator('[data-part=plot]'), region.locator('[data-part=readout]')];
    const rows = await points(region);
    const last = rows.length - 1;
    /** Label and values of one point, wherever they are shown. */
    const expectAt = async (index: number) => {
      const [label, ...values] = rows[index]!;
      for (const text of [label!, ...values]) {
        await expect(readOut).toContainText(text);
        await expect(slider).toHaveAttribute('aria-valuetext', new RegExp(escaped(text)));
      }
      await expect(region.locator('[data-part=at]')).toHaveText(label!);
    };

    await slider.focus();
    await page.keyboard.press('Home');
    await expectAt(0);
    await page.keyboard.press('ArrowRight');
    await expectAt(1);
    await page.keyboard.press('End');
    await expectAt(last);
    await page.keyboard.press('ArrowLeft');
    await expectAt(last - 1);

    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + 2, box.y + box.height / 2);
    await expect(region.locator('[data-part=at]')).toHaveText(rows[0]![0]!);
    await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
    await expect(region.locator('[data-part=at]')).toHaveText(rows[last]![0]!);
    await page.mouse.move(box.x + box.width / 2, box.y - 200);
    await expectAt(last - 1);
  });
}

test('what a person opened and picked stays when the chart comes anew', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/overview');
  const panel = app.panel('Revenue by day');
  const rows = await points(panel.region);
  await panel.region.locator('summary').click();
  const slider = panel.region.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  const before = stack.app.count(({ path }) => path.includes('panel_when_ready'));
  await panel.reloadAnyway();
  await expect.poll(() => stack.app.count(({ path, status }) => path.includes('panel_when_ready') && status === 200)).toBe(before + 1);
  await expect(panel.region.locator('[aria-busy=true]')).toHaveCount(0);
  await expect(slider).toBeFocused();
  await expect(panel.table).toBeVisible();
  await expect(panel.region.locator('[data-part=at]')).toHaveText(rows[1]![0]!);
});

test('CH-02 the point has a label beside it, and other charts show the same one', async ({ app, page }) => {
  await app.signIn(ada, '/boards/reports');
  const [panel, other] = [app.panel('Revenue and cost').region, app.panel('Margin by month').region];
  const [plot, tip] = [panel.locator('[data-part=plot]'), panel.locator('[data-part=tip]')];
  const rows = await points(panel);
  await expect(tip).toBeHidden();
  await plot.scrollIntoViewIfNeeded();
  const box = (await plot.boundingBox())!;
  await page.mouse.move(box.x + 2, box.y + box.height / 2);
  await page.mouse.move(box.x + 3, box.y + box.height / 2);
  await expect(tip).toBeVisible();
  for (const text of rows[0]!) await expect(tip).toContainText(text);
  await expect(other.locator('[data-part=at]')).toHaveText(rows[0]![0]!);
  await expect(other.locator('.chart-guide').first()).toHaveCSS('opacity', '1');
  await page.mouse.move(box.x, box.y - 200);
  await expect(tip).toBeHidden();
  await expect(other.locator('[data-part=at]')).toHaveText(rows.at(-1)![0]!);

  await panel.getByRole('slider').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  for (const text of rows[1]!) await expect(tip).toContainText(text);
  await expect(other.locator('[data-part=at]')).toHaveText(rows[1]![0]!);
  // A series that is hidden is not in the label.
  await panel.getByRole('checkbox', { name: /^Cost/ }).press('Space');
  await panel.getByRole('slider').focus();
  await page.keyboard.press('Home');
  await expect(tip).toContainText(rows[0]![1]!);
  await expect(tip).not.toContainText(rows[0]![2]!);
});

test('CH-01 a hidden series stays hidden when the chart is refreshed', async ({ app }) => {
  await app.signIn(ada, '/boards/reports');
  const panel = app.panel('Revenue and cost');
  const [cost, bars] = [panel.region.getByRole('checkbox', { name: /^Cost/ }), panel.region.locator('.chart-drawing .chart-bar.s2')];
  await panel.region.getByText('Cost', { exact: true }).first().click();
  await expect(cost).not.toBeChecked();
  await panel.reloadAnyway();
  await expect(panel.region.locator('[aria-busy=true]')).toHaveCount(0);
  await expect(cost).not.toBeChecked();
  await expect(bars).toBeHidden();
});

test('CH-05 the legend keeps its height while points are read', async ({ app, page }) => {
  await app.signIn(ada, '/boards/reports');
  const { region } = app.panel('Revenue and cost');
  const legend = region.locator('[data-part=readout]');
  const heights = new Set<number>();
  await region.getByRole('slider').focus();
  await page.keyboard.press('Home');
  for (let point = 0; point < (await points(region)).length; point++) {
    heights.add((await legend.boundingBox())!.height);
    await page.keyboard.press('ArrowRight');
  }
  expect([...heights]).toHaveLength(1);
});

test('CH-07 a double click or Enter shows only one series, and then all again', async ({ app }) => {
  await app.signIn(ada, '/boards/reports');
  const { region } = app.panel('Revenue and cost');
  const [revenue, cost] = [/^Revenue/, /^Cost/].map((name) => region.getByRole('checkbox', { name }));
  const cut = region.locator('.chart-legend').getByText('Cost', { exact: true });
  await cut.dblclick();
  await expect(cost!).toBeChecked();
  await expect(revenue!).not.toBeChecked();
  await cut.dblclick();
  await expect(revenue!).toBeChecked();
  await revenue!.press('Enter');
  await expect(cost!).not.toBeChecked();
  await revenue!.press('Enter');
  await expect(cost!).toBeChecked();
});

test('CH-06 days are chosen on a chart by dragging and by keys', async ({ app, page }) => {
  await app.signIn(ada, '/boards/overview');
  await app.touch();
  const { region } = app.panel('Revenue by day');
  const [plot, range] = [region.locator('[data-part=plot]'), region.locator('[data-part=range]')];
  const days = await region.locator('[data-part=values] tbody tr').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-from')!));
  expect(days.every((day) => /^\d{4}-\d{2}-\d{2}$/.test(day))).toBe(true);
  await plot.scrollIntoViewIfNeeded();
  const box = (await plot.boundingBox())!;
  await page.mouse.move(box.x + 3, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + 20);
  await page.mouse.move(box.x + box.width + 40, box.y + 20);
  await expect(range).toBeVisible();
  await page.mouse.up();
  await expect(page).toHaveURL(new RegExp(`from=${days[0]}&to=${days.at(-1)}`));

  const slider = region.getByRole('slider');
  const last = (await slider.getAttribute('aria-valuetext')) ?? '';
  await slider.press('Home');
  // The page is new: its scripts have come when they read the point.
  await expect(slider).not.toHaveAttribute('aria-valuetext', last);
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(range).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(range).toBeHidden();
  await expect(region.getByRole('slider')).not.toHaveAttribute('aria-valuetext', /–/);
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(region.getByRole('slider')).toHaveAttribute('aria-valuetext', /–/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`from=${days[0]}&to=${days[1]}`));
  // A press without a movement chooses nothing.
  const url = page.url();
  await plot.click({ position: { x: 20, y: 20 } });
  expect(page.url()).toBe(url);
});

/** Every row of a chart's table, with the label of its point first. */
async function points(region: Locator): Promise<string[][]> {
  const found = region.locator('[data-part=values] tbody tr');
  return found.evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
