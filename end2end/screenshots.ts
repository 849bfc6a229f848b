// Full-page screenshots of every page and state, on a phone and on a desktop, light and dark: `npm run screenshots --
// FOLDER`.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { Acts, SHIPPING } from './support/acts.ts';
import { App } from './support/app.ts';
import { press } from './support/sign_in.ts';
import { ada, expect, jonas, test } from './support/test.ts';

const FOLDER = process.env.SCREENSHOTS ?? 'screenshots';
const WITH_SHIPPING = 'openid profile email offline_access orders:read orders:ship reports:read payouts:write';
const VIEWPORTS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

for (const [device, viewport] of Object.entries(VIEWPORTS)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(() => {
      test.use({ viewport, colorScheme });
      test.setTimeout(120_000);

      test(`pictures of pages, ${device}, ${colorScheme}`, async ({ page, context, stack, guard }) => {
        for (const status of [400, 404]) guard.expectStatus(status);
        const app = new App(page, stack, true);
        const picture = (name: string) =>
          page.screenshot({ path: join(FOLDER, `${name}-${device}-${colorScheme}.png`), fullPage: true, animations: 'disabled' });
        const pictureOf = async (name: string, path: string) => {
          await app.open(path);
          await picture(name);
        };

        await pictureOf('home', '/');
        await pictureOf('problem', '/auth/callback');
        await pictureOf('not-found', '/no/such/page');
        await page.goto(`${stack.app.origin}/boards/orders`);
        await picture('provider-sign-in');
        await app.enterCredentials(ada);
        await picture('provider-consent');
        await app.passProvider(ada);
        await app.settled();
        await picture('board');
        await pictureOf('account', '/account');
        await app.userMenu(ada).click();
        await picture('user-menu');

        stack.api.play({ kind: 'hold', what: 'request' });
        await pictureOf('board-loading', '/boards/orders');
        await stack.api.down();
        await pictureOf('board-failing', '/boards/orders');
        await stack.api.heal();

        await app.open('/');
        await app.signOut(ada);
        await picture('home-signed-out');

        await context.clearCookies();
        await app.signIn(jonas, '/boards/reports');
        await picture('board-forbidden');
      });

      test(`pictures of sessions, ${device}, ${colorScheme}`, async ({ page, context, stack, guard, elsewhere }) => {
        // Requests of panels while the app restarts, and when their session has ended.
        guard.expectFailure(/\/api\/|favicon/);
        guard.expectStatus(401, /^\/api\//);
        guard.expectEnd();
        const app = new App(page, stack, true);
        const shot = (name: string, fullPage: boolean) =>
          page.screenshot({ path: join(FOLDER, `${name}-${device}-${colorScheme}.png`), fullPage, animations: 'disabled' });

        await elsewhere.signIn(ada, '/account');
        await app.signIn(ada, '/sessions');
        await shot('sessions', true);
        await press(app.form('/api/end_other_sessions').getByRole('button'));
        await app.settled();
        await shot('sessions-ended', true);
        await press(app.panel('Sign out').region.getByRole('button', { name: 'Sign out here only' }));
        await app.settled();
        await shot('home-signed-out-only-here', true);

        // With sessions of 20 seconds, the notice comes after 10.
        const shortly = { timeout: 20_000 };
        await stack.restart({ CLAIMCHECK_IDLE_SECS: '20' });
        await context.clearCookies();
        await app.signIn(ada, '/boards/overview');
        await expect(app.notice()).toBeVisible(shortly);
        await shot('notice-idle', false);
        await expect(app.ended()).toBeVisible(shortly);
        await shot('session-ended', true);
        await shot('session-ended-first-sight', false);
        await stack.restart({ CLAIMCHECK_IDLE_SECS: '20', CLAIMCHECK_ABSOLUTE_SECS: '20' });
        await context.clearCookies();
        await app.signIn(ada, '/boards/desk');
        await expect(app.notice()).toBeVisible(shortly);
        await shot('notice-absolute', false);
        await stack.restart();
      });

      test(`pictures of actions, ${device}, ${colorScheme}`, async ({ page, browser, context, stack, guard }) => {
        guard.expectFailure(/\/api\//);
        await stack.restart({ CLAIMCHECK_SCOPES: WITH_SHIPPING });
        const app = new App(page, stack, true);
        const acts = new Acts(app);
        const shotOf = (of: Page, name: string, fullPage = false) =>
          of.screenshot({ path: join(FOLDER, `${name}-${device}-${colorScheme}.png`), fullPage, animations: 'disabled' });
        const shot = (name: string) => shotOf(page, name);

        await app.signIn(ada, SHIPPING);
        const [first, second, third] = (await acts.orders()) as [string, string, string];
        await acts.open('Send as is', first);
        await shot('act-question');
        await acts.send();
        await expect(page.locator('[data-part=told] .said')).toBeVisible();
        await expect(acts.row(first).locator('.said')).toBeVisible();
        await shot('acts-done');
        if (device === 'phone') {
          await page.locator('.table-scroll').first().evaluate((rows) => rows.scrollTo(rows.scrollWidth, 0));
          await shot('acts-scrolled');
        }
        const form = await acts.open('Ship', second);
        await shot('act-form');
        await form.getByLabel('Note').fill('Ring twice.\nThen wait.');
        await page.keyboard.press('Escape');
        await acts.open('Ship', second);
        await shot('act-draft');
        await form.getByLabel('Parcels').fill('some');
        await acts.send();
        await shot('act-problems');
        await form.getByLabel('Parcels').fill('2');
        stack.api.play({ kind: 'hold', what: 'answer' }, /\/ship$/);
        const held = stack.api.held();
        await acts.button.click();
        await held;
        await shot('act-progress');
        await stack.api.heal();
        await expect(form.getByText('on one line')).toBeVisible();
        await form.getByLabel('Note').fill('Ring twice.');
        stack.api.play({ kind: 'drop' }, /\/ship$/);
        await acts.send();
        await shot('act-unclear');
        await page.keyboard.press('Escape');
        await expect(acts.row(second).locator('.said')).toBeVisible();
        await shot('acts-unclear');
        await stack.api.heal();
        await page.route('**/api/act', (route) => route.abort('connectionreset'));
        await acts.open('Send as is', third);
        await acts.button.click();
        await expect(acts.form.getByText('Asking how it went')).toBeVisible();
        await shot('act-asking');
        await page.unroute('**/api/act');
        await expect(page.getByRole('dialog')).toBeHidden();
        const fourth = await acts.order();
        await acts.open('Write off', fourth);
        await shot('act-locked');
        await page.keyboard.press('Escape');
        await acts.open('Order a payout');
        await shot('act-of-board');
        await page.keyboard.press('Escape');

        const off = await browser.newContext({ storageState: await context.storageState(), viewport, colorScheme, javaScriptEnabled: false });
        const plain = new App(await off.newPage(), stack, false);
        const plainActs = new Acts(plain);
        const plainShot = (name: string) => shotOf(plain.page, name, true);
        await plain.open(SHIPPING);
        await shotOf(plain.page, 'acts-scripts-off');
        await plainActs.open('Ship', fourth);
        await plainShot('act-page');
        await plainActs.form.getByLabel('Parcels').fill('some');
        await plainActs.send();
        await plainShot('act-page-problems');
        await plainActs.form.getByLabel('Parcels').fill('2');
        stack.api.play({ kind: 'drop' }, /\/ship$/);
        await plainActs.send();
        await plainShot('act-page-unclear');
        await stack.api.heal();
        await plain.open(SHIPPING);
        await plainActs.open('Write off', fourth);
        await plainShot('act-page-locked');
        await plain.open(SHIPPING);
        const payout = await plainActs.open('Order a payout');
        await payout.getByLabel('Amount').fill('120.50');
        await payout.getByLabel('Paid to').fill('Casa Ferrer');
        await payout.getByLabel('Reference').fill('Invoice 7');
        await plainActs.send();
        await plainShot('act-page-step-up');
        await press(payout.getByRole('link', { name: 'Confirm' }));
        await plain.passProvider(ada);
        await plainShot('act-page-confirm');
        await off.close();
        await stack.restart();
      });

      test(`pictures of boards, ${device}, ${colorScheme}`, async ({ page, context, stack, guard }) => {
        guard.expectFailure(/\/api\//);
        for (const status of [404, 502]) guard.expectStatus(status);
        const app = new App(page, stack, true);
        const shot = (name: string, fullPage: boolean) =>
          page.screenshot({ path: join(FOLDER, `${name}-${device}-${colorScheme}.png`), fullPage, animations: 'disabled' });
        const picture = (name: string) => shot(name, true);
        /** Elements over the page are as high as the window. */
        const pictureOfWindow = (name: string) => shot(name, false);

        await app.signIn(ada, '/boards/overview');
        await picture('overview');
        await pictureOfWindow('overview-first-sight');
        await app.open('/boards/overview?period=7d');
        await picture('overview-7-days');
        await page.getByRole('navigation', { name: 'Period' }).locator('summary').click();
        await pictureOfWindow('period-form');
        await app.open('/boards/overview?period=nonsense');
        await pictureOfWindow('period-refused');
        await app.open('/boards/overview');
        for (const title of ['Revenue by day', 'Orders by status']) {
          await app.panel(title).region.locator('summary').click();
          await app.panel(title).region.getByRole('slider').focus();
          await page.keyboard.press('Home');
        }
        await picture('overview-tables-and-read-out');

        stack.api.play({ kind: 'hold', what: 'request' }, /by=(day|month)|stock/);
        await app.open('/boards/overview');
        await expect(app.panel('Revenue by day').region.getByText('Still loading')).toBeVisible();
        await picture('overview-loading');
        await stack.api.heal();
        for (const title of ['Taken', 'Revenue by day', 'Store room']) await app.panel(title).expectReady();
        stack.api.play({ kind: 'status', status: 500 }, /by=(day|month)|stock/);
        await app.open('/boards/overview');
        await picture('overview-failing');
        await stack.api.heal();
        await app.open('/boards/overview');
        stack.api.play({ kind: 'status', status: 500 });
        for (const title of ['Taken', 'Revenue by day', 'Store room']) {
          // If there is no room for it, it can be reached by scripts only.
          await app.panel(title).reloadAnyway();
          await expect(app.panel(title).region.locator('[data-stale]')).toBeVisible();
        }
        await picture('overview-stale');
        await stack.api.heal();
        await app.open('/boards/nothing');
        await picture('nothing');

        await app.open('/boards/desk?all-orders.sort=total&all-orders.order=desc&all-orders.page=2');
        await picture('desk');
        await app.panel('All orders').rowLink(1).click();
        await expect(page.getByRole('dialog')).toBeVisible();
        await pictureOfWindow('drawer');
        await page.keyboard.press('Escape');
        const row = await app.panel('All orders').rowLink(1).getAttribute('href');
        await context.setOffline(true);
        await app.panel('All orders').reload().click();
        await expect(app.panel('All orders').region.getByText('retrying')).toBeVisible();
        await picture('desk-offline');
        await context.setOffline(false);
        await app.open('/boards/desk?all-orders.q=nothing+is+called+like+this&customers.q=nor+this');
        await picture('desk-no-match');
        await app.open('/boards/desk?all-orders.page=9999');
        await picture('desk-past-the-end');
        await app.open(row!);
        await picture('row');
        await app.open('/boards/desk/rows/all-orders?key=no-such-order');
        await picture('row-not-found');

        await context.clearCookies();
        await app.signIn(jonas, '/boards/overview');
        await picture('overview-locked');
      });
    });
  }
}
