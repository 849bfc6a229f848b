// Loaded data stays visible, whatever fails later, and shows its age.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { ada, expect, test } from '../../support/test.ts';

/** The time after which a panel with stale data retries by itself. */
const RETRY_MS = 10_000;

for (const title of ['Orders by status', 'Store room']) {
  test(`${title} stays while its API fails, and recovers by itself`, async ({ app, page, stack }) => {
    await page.clock.install();
    await app.signIn(ada, '/boards/overview');
    await app.markDocument();
    const panel = app.panel(title);
    const asOf = panel.region.getByText(/^as of /);
    const body = panel.region.locator('[data-part=body]');
    const [text, before] = [await body.textContent(), await asOf.textContent()];
    stack.api.play({ kind: 'status', status: 500 });
    await panel.reload().click();
    await expect(panel.region.getByRole('status').filter({ hasText: 'The API reports an error. Retrying' })).toBeVisible();
    await expect(asOf, 'when it last did').toHaveText(before!);
    expect(await body.textContent()).toBe(text);
    await expect(panel.region.getByRole('alert')).toHaveCount(0);
    await expect(app.panel('Revenue').region.getByText('retrying')).toHaveCount(0);

    await stack.api.heal();
    // So that the next data is from another second; the page's own clock is stopped.
    await sleep(1_100);
    await retry(page);
    await expect(panel.region.getByText('retrying')).toHaveCount(0);
    await expect(asOf).not.toHaveText(before!);
    expect(await body.textContent()).toBe(text);
    expect(await app.isSameDocument()).toBe(true);
  });
}

test('offline, a table stays with words for it, and is fresh as soon as there is a way again', async ({ app, page, context, stack, guard }) => {
  guard.expectFailure(new RegExp(`^${stack.app.origin}/api/`));
  await app.signIn(ada, '/boards/desk');
  const panel = app.panel('All orders');
  const [first, before] = [await panel.column(0), await panel.region.getByText(/^as of /).textContent()];
  await app.touch();
  await context.setOffline(true);
  await panel.reload().click();
  await expect(panel.region.getByRole('status').filter({ hasText: 'This service can’t be reached. Retrying' })).toBeVisible();
  expect(await panel.column(0)).toEqual(first);

  // So that the next data is from another second.
  await page.waitForTimeout(1_000);
  const start = Date.now();
  await context.setOffline(false);
  await expect(panel.region.getByText('retrying')).toHaveCount(0, { timeout: 6_000 });
  expect(Date.now() - start, 'at once, not at the next try').toBeLessThan(6_000);
  await expect(panel.region.getByText(/^as of /)).not.toHaveText(before!);
  expect(await panel.column(0)).toEqual(first);
});

test('what is old can still be read', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/overview');
  stack.api.play({ kind: 'status', status: 500 });
  for (const title of ['Revenue', 'Orders by status', 'Store room', 'Margin by month']) {
    await app.panel(title).reload().click();
    await expect(app.panel(title).region.locator('[data-stale]')).toBeVisible();
  }
  await app.checkPage();
  await page.emulateMedia({ colorScheme: 'dark' });
  await app.checkLook();
});

test('what was asked for while the API failed is shown when it recovers', async ({ app, page, stack }) => {
  await page.clock.install();
  await app.signIn(ada, '/boards/desk');
  const panel = app.panel('All orders');
  stack.api.play({ kind: 'status', status: 500 });
  await panel.page('Next').click();
  await expect(panel.region.getByText('retrying')).toBeVisible();
  await stack.api.heal();
  await retry(page);
  await expect(panel.region.getByText(/^11–20 of/)).toBeVisible();
  await expect(page).toHaveURL(/page=2/);
  await expect(panel.region.getByText('retrying')).toHaveCount(0);
});

test('data that came back into sight are asked for again when they had become old', async ({ app, page, stack }) => {
  await page.clock.install();
  await app.signIn(ada, '/boards/overview');
  const panel = app.panel('Store room');
  stack.api.play({ kind: 'status', status: 500 });
  await panel.reload().click();
  await expect(panel.region.getByText('retrying')).toBeVisible();
  const sight = (isHidden: boolean) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, isHidden);
  await sight(true);
  await stack.api.heal();
  const asked = () => stack.app.count(({ path }) => path.startsWith('/api/panel_when_ready'));
  const before = asked();
  await retry(page);
  await page.waitForTimeout(500);
  expect(asked(), 'nobody looks').toBe(before);
  await sight(false);
  await retry(page);
  await expect(panel.region.getByText('retrying')).toHaveCount(0);
});

/** Advances the time until stale data is requested again. */
async function retry(page: Page): Promise<void> {
  await page.clock.runFor(RETRY_MS + 500);
}
