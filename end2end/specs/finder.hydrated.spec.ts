// The finder and the keys of pages.
import type { Page } from '@playwright/test';
import { axeViolations } from '../support/guard.ts';
import { ada, expect, test } from '../support/test.ts';

test('Ctrl-K finds boards and rows by the keyboard alone', async ({ app, page, hydrated }) => {
  await app.signIn(ada, '/boards/orders');
  const row = (await app.panel('Orders').column(0))[2]!.trim();
  await page.keyboard.press('Control+k');
  const finder = page.getByRole('dialog', { name: 'Find boards and actions' });
  await expect(finder.getByRole('searchbox')).toBeFocused();
  expect(await axeViolations(page, hydrated)).toEqual([]);
  await page.keyboard.type(row);
  await expect(finder.getByRole('listitem').filter({ visible: true })).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(finder).toHaveCount(0);
  await expect(page.getByRole('dialog', { name: row })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await expect(finder.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('desk');
  await page.keyboard.press('ArrowDown');
  await expect(finder.getByRole('link', { name: 'Desk' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/boards\/desk$/);
});

test('a slash leads to the filter, unless the user has switched that off', async ({ app, page }) => {
  await app.signIn(ada, '/boards/orders');
  await page.keyboard.press('/');
  await expect(app.panel('Orders').filter).toBeFocused();
  await page.keyboard.type('a/b');
  await expect(app.panel('Orders').filter).toHaveValue('a/b');
  await app.userMenu(ada).click();
  await page.getByRole('button', { name: 'Shortcuts off' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-shortcuts', 'off');
  await app.open('/boards/orders');
  await page.keyboard.press('/');
  await expect(app.panel('Orders').filter).not.toBeFocused();
});

test('what is typed before the finder is there is not lost, and it opens once', async ({ app, page }) => {
  await app.signIn(ada, '/boards/orders');
  const row = (await app.panel('Orders').column(0))[2]!.trim();
  const release = await holdFinder(page);
  const finder = page.getByRole('dialog');
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+k');
  await page.keyboard.type(`${row}x`);
  await page.keyboard.press('Backspace');
  release();
  await expect(finder.getByRole('searchbox')).toHaveValue(row);
  await expect(finder).toHaveCount(1);
  await expect(finder.getByRole('listitem').filter({ visible: true })).toHaveCount(1);
});

test('Escape before the finder is there keeps it closed', async ({ app, page }) => {
  await app.signIn(ada, '/boards/orders');
  const release = await holdFinder(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  const came = page.waitForResponse(FIND);
  release();
  await (await came).finished();
  await app.panel('Orders').filter.fill('ORD');
  await expect(app.panel('Orders').filter).toHaveValue('ORD');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

const FIND = /\/api\/find/;

/** Holds the response to the request for the finder; returns what lets it go. */
async function holdFinder(page: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(FIND, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}
