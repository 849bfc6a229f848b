// Days chosen over bars that are links: a movement chooses, a press still follows the link.
import { ada, expect, FEW, test } from '../../support/test.ts';

test.use({ settings: 'files.toml' });
test.describe.configure(FEW);

test('CH-06 days are chosen over bars that are links, and a press follows the link', async ({ app, page, guard }) => {
  // No order has the name of a day.
  guard.expectStatus(404, /\/boards\/order\?id=/);
  await app.signIn(ada, '/boards/bars');
  const { region } = app.panel('Revenue by day');
  const [plot, range, tip] = ['plot', 'range', 'tip'].map((part) => region.locator(`[data-part=${part}]`)) as [typeof region, typeof region, typeof region];
  /** The middle of each bar, at a height that all of them have. A bar's box is longer than what is seen of it. */
  const bars = async () => {
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    const middles = await plot.locator('a').evaluateAll((links) => links.map((link) => link.getBoundingClientRect()).map(({ x, width }) => x + width / 2));
    return middles.map((x) => ({ x, y: box.y + box.height - 10 }));
  };
  /** Waits until the chart is read at the pointer: before, a new page still fades in, or its code on first use is on its way. */
  const hover = async ({ x, y }: { x: number; y: number }) => {
    await expect(async () => {
      await page.mouse.move(x + 1, y);
      await page.mouse.move(x, y);
      await expect(tip).toBeVisible({ timeout: 200 });
    }).toPass();
  };
  const drag = async (from: { x: number; y: number }, to: number) => {
    await hover(from);
    await page.mouse.down();
    await page.mouse.move((from.x + to) / 2, from.y);
    await page.mouse.move(to, from.y);
  };
  const [, first, , , last] = await bars();
  await drag(first!, last!.x);
  await expect(range).toContainText('–');
  await page.mouse.up();
  await expect(page).toHaveURL(/\/boards\/bars\?from=(.+)&to=(?!\1).+/);
  const [one] = await bars();
  await drag(one!, one!.x + 8);
  await page.mouse.up();
  await expect(page, 'one day').toHaveURL(/\/boards\/bars\?from=(.+)&to=\1$/);
  const [only] = await bars();
  await hover(only!);
  await page.mouse.click(only!.x, only!.y);
  await expect(page).toHaveURL(/\/boards\/order\?id=/);
});
