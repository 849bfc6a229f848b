// A row in a drawer over its board.
import { axeViolations, LOOKS } from '../../support/guard.ts';
import { ada, expect, test } from '../../support/test.ts';

test('opens over the board, holds the focus, and gives it back', async ({ app, page }) => {
  await app.signIn(ada, '/boards/desk?all-orders.page=2');
  await app.markDocument();
  const [link, drawer] = [app.panel('All orders').rowLink(2), page.getByRole('dialog')];
  const name = await link.innerText();

  await link.focus();
  await page.keyboard.press('Enter');
  await expect(drawer).toBeVisible();
  await expect(drawer).toHaveAccessibleName(name);
  await expect(drawer.getByRole('heading', { name, exact: true })).toBeVisible();
  await expect(drawer.getByRole('table').first()).toBeVisible();
  const focused = () => page.evaluate(() => document.activeElement?.closest('dialog, body')?.localName);
  expect(await drawer.evaluate((drawer) => drawer.contains(document.activeElement)), 'focus is in the drawer').toBe(true);
  for (let tab = 1; tab <= 8; tab++) {
    await page.keyboard.press('Tab');
    // After the last element it goes to the browser's own controls, which is reported as the body.
    expect(['dialog', 'body'], `focus after ${tab} tabs`).toContain(await focused());
  }
  await app.expectAt(`/boards/desk?all-orders.page=2&row=all-orders.${name}`);
  await page.keyboard.press('Escape');
  await app.expectAt('/boards/desk?all-orders.page=2');
  await expect(drawer).toBeHidden();
  await expect(link).toBeFocused();

  await link.click();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await expect(drawer).toBeHidden();
  await expect(link).toBeFocused();
  expect(await app.isSameDocument()).toBe(true);
});

test('holds what the page of the row holds', async ({ app, page }) => {
  await app.signIn(ada, '/boards/desk');
  const link = app.panel('All orders').rowLink(0);
  await link.click();
  const parts = page.locator('.parts');
  const inDrawer = await page.getByRole('dialog').locator(parts).innerText();
  await app.open((await link.getAttribute('href'))!);
  expect(await parts.innerText()).toBe(inDrawer);
});

test('a click that asks for another tab opens the page there', async ({ app, page, context }) => {
  await app.signIn(ada, '/boards/desk');
  const link = app.panel('All orders').rowLink(0);
  const [tab] = await Promise.all([context.waitForEvent('page'), link.click({ modifiers: ['ControlOrMeta'] })]);
  await expect(tab).toHaveURL(app.stack.app.origin + (await link.getAttribute('href')));
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await app.expectAt('/boards/desk');
});

test('where no drawer can be filled, the page of the row says why', async ({ app, page, stack, guard }) => {
  guard.expectStatus(502);
  await app.signIn(ada, '/boards/desk');
  stack.api.play({ kind: 'status', status: 500 }, /^\/orders\/ORD/i);
  const link = app.panel('All orders').rowLink(0);
  const href = (await link.getAttribute('href'))!;
  await link.click();
  await app.expectAt(href);
  await expect(page.getByRole('alert').filter({ hasText: 'reports an error' })).toBeVisible();
});

test('after it the table filters, sorts and counts its own rows only', async ({ app, page }) => {
  await app.signIn(ada);
  const panel = app.panel('Orders');
  const rows = await panel.rows.count();
  await panel.rowLink(0).click();
  await expect(page.getByRole('dialog').locator('tbody tr').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await panel.sorter(0).click();
  await expect(panel.header(0)).toHaveAttribute('aria-sort', 'ascending');
  await expect(panel.rows).toHaveCount(rows);
  await panel.filter.fill('2');
  const shown = await panel.rows.count();
  await expect(panel.region.getByText(/rows found/)).toHaveText(`${shown} rows found`);
});

test('gives the focus back to a row that came anew behind it', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/clock');
  const [link, drawer] = [app.panel('Newest orders').rowLink(1), page.getByRole('dialog')];
  const name = await link.innerText();
  await link.click();
  await expect(drawer).toBeVisible();
  const asked = () => stack.app.count(({ path, status }) => path.includes('panel_when_ready') && path.includes('panel=newest-orders') && status > 0);
  const before = asked();
  await expect.poll(asked).toBeGreaterThan(before + 1);
  await expect(drawer.getByRole('heading', { name, exact: true }), 'stays open meanwhile').toBeVisible();
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(link).toBeFocused();
});

test('is accessible and fits, on a phone and a desktop, light and dark', async ({ app, page }) => {
  await app.signIn(ada, '/boards/desk');
  for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 900 }]) {
    await page.setViewportSize(viewport);
    await app.open('/boards/desk');
    await app.panel('All orders').rowLink(0).click();
    const drawer = page.getByRole('dialog');
    await expect(drawer).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const rules = colorScheme === 'light' ? undefined : LOOKS;
      expect(await axeViolations(page, true, rules), `${viewport.width}, ${colorScheme}`).toEqual([]);
    }
    const overflow = await drawer.evaluate((drawer) => drawer.scrollWidth - drawer.clientWidth);
    expect.soft(overflow, `sideways, at ${viewport.width}`).toBeLessThanOrEqual(0);
  }
});

test('DW-01 the row is in the address: a reload shows it again, and the way back closes it', async ({ app, page }) => {
  await app.signIn(ada);
  const [panel, drawer] = [app.panel('Orders'), page.getByRole('dialog')];
  const name = (await panel.rowLink(1).innerText()).trim();
  await panel.rowLink(1).click();
  await expect(drawer).toBeVisible();
  await app.expectAt(`/boards/orders?row=orders.${name}`);
  await app.reloadPage();
  await expect(drawer).toHaveAccessibleName(name);
  await drawer.getByRole('button', { name: 'Close' }).click();
  await expect(drawer).toBeHidden();
  await app.expectAt('/boards/orders');
  await expect(panel.rowLink(1)).toBeFocused();

  await panel.rowLink(0).click();
  await expect(drawer).toBeVisible();
  await page.goBack();
  await expect(drawer).toBeHidden();
  await app.expectAt('/boards/orders');
  await page.goForward();
  await expect(drawer).toBeVisible();
});

test('DW-01 a row of another page of the table, and one that does not exist', async ({ app, page, guard }) => {
  await app.signIn(ada, '/boards/desk?row=all-orders.ORD-2500&all-orders.page=2');
  await expect(page.getByRole('dialog')).toHaveAccessibleName('ORD-2500');
  guard.expectStatus(404);
  await app.open('/boards/desk?row=all-orders.ORD-1');
  await expect(page).toHaveURL(/\/boards\/desk\/rows\/all-orders\?.*key=ORD-1/);
  await app.open('/boards/desk?row=nothing.ORD-2500');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('DW-02 the rows around it are a key or a button away', async ({ app, page }) => {
  await app.signIn(ada);
  const [panel, drawer] = [app.panel('Orders'), page.getByRole('dialog')];
  const names = (await Promise.all([0, 1, 2].map((at) => panel.rowLink(at).innerText()))).map((name) => name.trim());
  await panel.rowLink(0).click();
  await expect(drawer).toHaveAccessibleName(names[0]!);
  await expect(drawer.getByRole('button', { name: 'Previous row' })).toBeHidden();
  await page.keyboard.press('j');
  await expect(drawer).toHaveAccessibleName(names[1]!);
  await app.expectAt(`/boards/orders?row=orders.${names[1]}`);
  await drawer.getByRole('button', { name: 'Next row' }).click();
  await expect(drawer).toHaveAccessibleName(names[2]!);
  await page.keyboard.press('k');
  await expect(drawer).toHaveAccessibleName(names[1]!);
  expect(await axeViolations(page, true)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(panel.rowLink(1)).toBeFocused();
  await app.expectAt('/boards/orders');
});

test('a slow response does not replace the row that was opened after it', async ({ app, page }) => {
  await app.signIn(ada, '/boards/desk');
  const [slow, fast] = [app.panel('All orders').rowLink(0), app.panel('All orders').rowLink(1)];
  const name = await fast.innerText();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let requests = 0;
  await page.route(/\/api\/row/, async (route) => {
    requests += 1;
    if (requests === 1) await held;
    await route.continue();
  });
  await slow.click();
  await fast.click();
  const drawer = page.getByRole('dialog');
  await expect(drawer).toHaveAccessibleName(name);
  release();
  await expect(slow).toHaveAttribute('aria-busy', 'false');
  await expect(drawer).toHaveCount(1);
  await expect(drawer).toHaveAccessibleName(name);
});
