// Charts: a drawing, and the same as a text and a table; with scripts, points can be read one by one.
import type { Locator } from '@playwright/test';
import { ada, expect, test } from '../../support/test.ts';

const CHARTS = [
  { title: 'Revenue by day', summary: /^Revenue by day: line chart with \d+ points from .+ to .+\. .*\d/ },
  { title: 'Orders by status', summary: /^Orders by status: bar chart with \d+ points from .+ to .+\. .*\d/ },
];

test.beforeEach(({ app }) => app.signIn(ada, '/boards/overview'));

for (const { title, summary } of CHARTS) {
  test(`${title}: a drawing, words for it, and a table behind it`, async ({ app, hydrated }) => {
    const { region } = app.panel(title);
    const drawing = region.locator('[data-part=plot] svg').first();
    await expect(drawing).toBeVisible();
    expect((await drawing.boundingBox())?.height).toBeGreaterThan(80);
    expect(await drawing.evaluate((drawing) => drawing.closest('[aria-hidden=true]') !== null), 'for eyes only').toBe(true);
    await expect(region.getByRole('figure')).toContainText(summary);
    await expect(region.getByRole('slider')).toHaveCount(hydrated ? 1 : 0);

    const table = region.getByRole('table', { name: title });
    await expect(table).toBeHidden();
    await region.locator('summary', { hasText: 'Show as table' }).click();
    await expect(table).toBeVisible();
    const points = Number(/chart with (\d+)/.exec(await region.locator('figcaption').innerText())?.[1]);
    await expect(table.locator('tbody tr')).toHaveCount(points);
    const shown = await region.locator('[data-part=readout]').textContent();
    const rows = await texts(table);
    expect(rows.map(([at]) => at), 'the read-out is one of the rows').toContain(/^(.*?): /.exec(shown ?? '')?.[1]);
    await app.checkPage();
  });
}

async function texts(table: Locator): Promise<string[][]> {
  return table
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
}

test('CH-01 the legend hides a series and shows it again, also with scripts off', async ({ app, page }) => {
  await app.open('/boards/reports');
  const { region } = app.panel('Revenue and cost');
  const series = (number: number) => region.locator(`.chart-drawing .chart-bar.s${number}`);
  const cost = region.getByRole('checkbox', { name: /^Cost/ });
  await expect(series(2)).toBeVisible();
  await region.getByText('Cost', { exact: true }).first().click();
  await expect(cost).not.toBeChecked();
  await expect(series(2)).toBeHidden();
  await expect(series(1)).toBeVisible();
  await app.checkPage();
  await cost.focus();
  await page.keyboard.press('Space');
  await expect(series(2)).toBeVisible();
  await expect(app.panel('Margin by month').region.getByRole('checkbox'), 'nothing to choose from').toHaveCount(0);
});
