// Days chosen over bars that are links: a movement chooses, a press still follows the link.
import { ada, expect, FEW, test } from '../../support/test.ts';

test.use({ settings: 'files.toml' });
test.describe.configure(FEW);

test('CH-06 days are chosen over bars that are links, and a press follows the link', async ({ app, page, guard }) => {
  // No order has the name of a day.
  guard.expectStatus(404, /\/boards\/order\?id=/);
  await app.signIn(ada, '/boards/bars');
  const { region } = app.panel('Revenue by day');
  const [plot, range] = [region.locator('[data-part=plot]'), region.locator('[data-part=range]')];
  const places = () =>
    plot.locator('a').evaluateAll((links) =>
      links.map((link) => link.getBoundingClientRect()).map(({ x, width, height, bottom }) => ({ x: x + width / 2, height, bottom })).filter(({ height }) => height > 40),
    );
  const drag = async (from: number, to: number, y: number) => {
    await page.mouse.move(from, y);
    await page.mouse.down();
    await page.mouse.move((from + to) / 2, y);
    await page.mouse.move(to, y);
  };
  await plot.scrollIntoViewIfNeeded();
  const [, first, , , last] = await places();
  const y = (await plot.boundingBox())!.y + (await plot.boundingBox())!.height - 10;
  await drag(first!.x, last!.x, y);
  await expect(range).toContainText('–');
  await page.mouse.up();
  await expect(page).toHaveURL(/\/boards\/bars\?from=(.+)&to=(?!\1).+/);
  await app.settled();
  const [one] = await places();
  await drag(one!.x - 4, one!.x + 4, y);
  await page.mouse.up();
  await expect(page, 'one day').toHaveURL(/\/boards\/bars\?from=(.+)&to=\1$/);
  await app.settled();
  await page.mouse.click((await places())[0]!.x, y);
  await expect(page).toHaveURL(/\/boards\/order\?id=/);
});
