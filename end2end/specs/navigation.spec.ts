// The navigation beside the page and behind a button, the page that finds boards, and the finder.
import { axeViolations, LOOKS } from '../support/guard.ts';
import { press } from '../support/sign_in.ts';
import { ada, expect, test } from '../support/test.ts';

const SIZES = [
  { width: 390, height: 844 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
];

test('every board is in reach on every width, and the current one in view', async ({ app, page, hydrated }) => {
  await app.signIn(ada, '/boards/orders');
  const nav = page.locator('#boards');
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await app.open('/boards/orders');
    const open = page.getByRole('button', { name: 'Boards', exact: true });
    if (size.width < 1024) {
      await expect(nav).toBeHidden();
      await open.click();
    } else {
      await expect(open).toBeHidden();
    }
    await expect(nav).toBeVisible();
    await expect(nav.locator('[aria-current=page]')).toBeInViewport();
    const isDark = size.width === 820;
    await page.emulateMedia({ colorScheme: isDark ? 'dark' : 'light' });
    expect(await axeViolations(page, hydrated, isDark ? LOOKS : undefined), `${size.width}`).toEqual([]);
    await press(nav.getByRole('link', { name: 'Desk' }));
    await app.expectAt('/boards/desk');
  }
});

test('the current board covers no other one, also when that has the focus', async ({ app, page, hydrated }) => {
  // Less room than the boards need.
  await page.setViewportSize({ width: 1440, height: 380 });
  await app.signIn(ada, '/boards/orders');
  const links = page.locator('#boards li a');
  expect(await page.locator('#boards ul').first().evaluate((list) => list.scrollHeight > list.clientHeight)).toBe(true);
  for (const path of await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')!)).then((all) => [all.at(-1)!, all[0]!])) {
    await app.open(path);
    expect(await axeViolations(page, hydrated), path).toEqual([]);
    const covered = await links.evaluateAll((all) =>
      all.filter((link) => {
        (link as HTMLElement).focus();
        const { left, top, bottom } = link.getBoundingClientRect();
        return [top + 4, bottom - 4].some((y) => !link.contains(document.elementFromPoint(left + 20, y)));
      }).map((link) => link.textContent),
    );
    expect(covered, path).toEqual([]);
  }
});

test('boards are found by words, and home leads to the last one', async ({ app, page }) => {
  await app.signIn(ada, '/boards/orders');
  await page.locator('#find').fill('des');
  await Promise.all([page.waitForURL(/\/boards\?q=des$/), page.locator('#find').press('Enter')]);
  await app.checkPage();
  await press(page.getByRole('main').getByRole('link', { name: 'Desk' }));
  await app.open('/account');
  await press(page.getByRole('banner').getByRole('link').first());
  await app.expectAt('/boards/desk');
});

test('the navigation can be narrow, and stays so', async ({ app, page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await app.signIn(ada, '/boards/orders');
  await press(page.getByRole('button', { name: 'Icons only' }));
  await app.open('/boards/desk');
  await expect(page.locator('html')).toHaveAttribute('data-navigation', 'icons');
  expect((await page.locator('header.bar').boundingBox())!.width).toBeLessThan(80);
  await app.checkPage();
  await press(page.getByRole('button', { name: 'Icons and titles' }));
  await expect(page.locator('html')).not.toHaveAttribute('data-navigation', /./);
});
