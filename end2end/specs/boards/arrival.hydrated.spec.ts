// How a board loads: nothing moves when a panel arrives late, and nothing is loaded from another origin.
import { ada, expect, test } from '../../support/test.ts';

for (const [device, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 900 }]] as const) {
  test.describe(() => {
    test.use({ viewport });

    test(`on a ${device} nothing jumps when panels come late`, async ({ app, page, stack }) => {
      await app.signIn(ada, '/boards/overview');
      await page.addInitScript(() => {
        const own = window as unknown as Shifting;
        own.shifts = [];
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as LayoutShift[]) own.shifts.push(entry.value);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      // One of each kind.
      for (const [title, path] of [['Revenue', /by=week/], ['Revenue by day', /by=day/], ['Store room', /stock/]] as const) {
        stack.api.play({ kind: 'hold', what: 'request' }, path);
        await app.open('/boards/overview');
        const panel = app.panel(title);
        await expect(panel.region.getByText('Still loading')).toBeVisible();
        await stack.api.heal();
        await panel.expectReady();
        // Two frames, because a shift is reported after it was painted.
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        expect(await page.evaluate(() => PerformanceObserver.supportedEntryTypes)).toContain('layout-shift');
        const shifts = await page.evaluate(() => (window as unknown as Shifting).shifts);
        expect.soft(shifts.reduce((sum, shift) => sum + shift, 0), `"${title}" shifts by ${shifts}`).toBeLessThan(0.1);
      }
    });
  });
}

test('everything comes from the app, also what scripts fetch', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/overview');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await app.open('/boards/overview');
  await app.panel('Store room').reload().click();
  await app.open('/boards/desk');
  await app.panel('All orders').page('Next').click();
  await expect(app.panel('All orders').region.getByText(/^11–20 of/)).toBeVisible();
  await app.panel('All orders').rowLink(0).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(asked.length).toBeGreaterThan(6);
  expect(asked.filter((url) => !url.startsWith(`${stack.app.origin}/`))).toEqual([]);
});

interface LayoutShift extends PerformanceEntry {
  value: number;
}

interface Shifting extends Window {
  shifts: number[];
}
