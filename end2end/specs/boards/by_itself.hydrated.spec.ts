// A panel that refreshes itself: while it is visible, without a navigation, and without keeping an idle session alive.
import { ada, expect, test, WAITS } from '../../support/test.ts';

/** Half of it must be enough to open a page on a slow machine. */
const IDLE_SECS = 10;

test('asks while the page is in sight only, and never navigates', async ({ app, page, stack }) => {
  await page.clock.install();
  await app.signIn(ada, '/boards/clock');
  const asked = () => stack.app.exchanges.filter(({ path }) => path.startsWith('/api/panel_when_ready?'));
  let navigations = 0;
  page.on('framenavigated', () => navigations++);
  const before = await app.panel('Open orders').region.getByText(/^as of /).textContent();
  await expect.poll(() => asked().length).toBeGreaterThan(4);
  await expect(app.panel('Open orders').region.getByText(/^as of /)).not.toHaveText(before!);
  expect(new Set(asked().map(({ path }) => /panel=([a-z-]+)/.exec(path)?.[1]))).toEqual(new Set(['open-orders', 'newest-orders']));

  const hide = (isHidden: boolean) =>
    page.evaluate((isHidden) => Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden }), isHidden);
  await hide(true);
  await page.waitForTimeout(500);
  const hidden = asked().length;
  await page.clock.runFor(2_500);
  await page.waitForTimeout(500);
  expect(asked()).toHaveLength(hidden);
  await hide(false);
  await expect.poll(() => asked().length).toBeGreaterThan(hidden + 1);
  expect(navigations).toBe(0);
  // One may still be running, so it has no status yet.
  expect(asked().filter(({ method, status }) => method !== 'GET' || ![0, 200].includes(status))).toEqual([]);
});

test('does not keep an idle session alive, and opens no other', WAITS, async ({ app, page, stack, guard }) => {
  guard.expectEnd();
  guard.expectStatus(401, /^\/api\/panel_when_ready/);
  await stack.restart({ CLAIMCHECK_IDLE_SECS: String(IDLE_SECS) });
  try {
    await app.signIn(ada, '/boards/clock');
    const panel = app.panel('Open orders');
    // An active user keeps it alive.
    for (let round = 0; round < 3; round++) {
      await page.waitForTimeout((IDLE_SECS * 1_000) / 2);
      await app.open('/boards/clock');
      await app.expectAt('/boards/clock');
    }
    await expect(page.locator('#session-ended [data-part=why]')).toContainText(`you were inactive for ${IDLE_SECS} seconds`, {
      timeout: (IDLE_SECS + 5) * 1_000,
    });
    const number = panel.region.locator('.figure');
    await expect(number, 'what stood there').toHaveText(/\d/);
    await expect(number, 'out of sight').toBeHidden();
    await page.waitForTimeout(1_500);
    await app.expectAt('/boards/clock');
  } finally {
    // No page makes requests while the app is down.
    await page.goto('about:blank');
    await stack.restart();
  }
});

test('what a person opened stays open while a table comes anew', async ({ app, stack }) => {
  await app.signIn(ada, '/boards/clock');
  const panel = app.panel('Newest orders');
  await panel.filter.fill('2');
  await panel.sorter(1).click();
  await expect(panel.header(1)).toHaveAttribute('aria-sort', 'ascending');
  const shown = await panel.column(0);
  const asked = () => stack.app.count(({ path, status }) => path.startsWith('/api/panel_when_ready') && path.includes('panel=newest-orders') && status === 200);
  const before = asked();
  await expect.poll(asked).toBeGreaterThan(before + 1);
  expect(await panel.column(0)).toEqual(shown);
  await expect(panel.header(1)).toHaveAttribute('aria-sort', 'ascending');
  await expect(panel.filter).toHaveValue('2');
});
