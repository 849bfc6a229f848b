// What scripts do in the head of a board, and what leaves the page as it is: the time of the data, the link that reloads
// everything, the name of what the board is about, and the menu of a download.
import { ada, expect, FEW, test } from '../../support/test.ts';

test.use({ settings: 'files.toml' });
test.describe.configure(FEW);

test('CH-10 one link reloads all panels of a board in place', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/files');
  const asked = () => stack.app.count(({ path }) => path.includes('panel_when_ready'));
  const before = asked();
  const panels = await page.locator('main [data-panel]').count();
  await page.getByRole('link', { name: 'Reload all panels' }).click();
  await expect.poll(() => asked() - before).toBe(panels);
  await expect(page.locator('main [aria-busy=true]')).toHaveCount(0);
  await app.expectAt('/boards/files');
});

test('CH-10 the newest time is in the head, and older data have their own', async ({ app, page }) => {
  await app.signIn(ada, '/boards/files');
  const head = page.locator('[data-part=newest]');
  await expect(head).toHaveText(/^as of \d/);
  const [older, other] = [app.panel('Invoices'), app.panel('Price list')];
  const time = older.region.locator('[data-part=as-of]');
  await page.mouse.move(0, 0);
  await expect(time).toHaveCSS('clip-path', 'inset(50%)');
  // As if this panel had been loaded a while ago.
  const at = Number(await time.getAttribute('data-at'));
  await time.evaluate((time, at) => time.setAttribute('data-at', String(at)), at - 3600);
  await other.reloadAnyway();
  await expect(time).toHaveAttribute('data-shown', '');
  await page.mouse.move(0, 0);
  await expect(time).toHaveCSS('clip-path', 'none');
  await expect(head).toHaveText((await other.region.locator('[data-part=as-of]').textContent())!);
  await older.reloadAnyway();
  await expect(time).not.toHaveAttribute('data-shown');
});

test('SU-02 the heading and the title of the page follow a name that comes late', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/files');
  const id = (await app.panel('Invoices').column(0))[0]!;
  stack.api.play({ kind: 'hold', what: 'request' }, /^\/orders\/[^?/]+$/);
  await app.open(`/boards/order?id=${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Order');
  await expect(page).toHaveTitle(/^Order · /);
  await stack.api.heal();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(id);
  await expect(page).toHaveTitle(new RegExp(`^${id} · Order · `));
});

test('a menu closes when a file is chosen in it', async ({ app, page }) => {
  await app.signIn(ada, '/boards/files');
  const panel = app.panel('Invoices');
  const link = await panel.export('CSV, all rows');
  await Promise.all([page.waitForEvent('download'), link.click()]);
  await expect(link).toBeHidden();
  await expect(panel.region.getByRole('button', { name: 'Export' })).toBeFocused();
});
