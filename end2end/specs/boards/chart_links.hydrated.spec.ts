// Days chosen over bars that are links.
import { ada, expect, FEW, test } from '../../support/test.ts';

test.use({ settings: 'files.toml' });
test.describe.configure(FEW);

test('CH-06 days are chosen over bars that are links', async ({ app, page }) => {
  await app.signIn(ada, '/boards/bars');
  await app.touch();
  const { region } = app.panel('Revenue by day');
  const [plot, range] = [region.locator('[data-part=plot]'), region.locator('[data-part=range]')];
  const places = () =>
    plot.locator('a').evaluateAll((links) =>
      links.map((link) => link.getBoundingClientRect()).map(({ x, width, height, bottom }) => ({ x: x + width / 2, height, bottom })).filter(({ height }) => height > 40),
    );
  // The height of the lower ends of all bars. A new page may have another position.
  const low = async () => {
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    return box.y + box.height - 10;
  };
  const drag = async (from: number, to: number) => {
    const y = await low();
    await page.mouse.move(from, y);
    await page.mouse.down();
    await page.mouse.move((from + to) / 2, y);
    await page.mouse.move(to, y);
  };
  const [, first, , , last] = await places();
  await drag(first!.x, last!.x);
  await expect(range).toContainText('–');
  await page.mouse.up();
  await expect(page).toHaveURL(/\/boards\/bars\?from=(.+)&to=(?!\1).+/);
});
