// Pictures of every page and state, on a phone and on a desktop, light and dark: `npm run screenshots -- FOLDER`. Each waits for
// what its name promises. screenshots_demo.ts has those of the demo's boards; screenshots_check.ts checks the set.
import type { Locator } from '@playwright/test';
import { Acts, SHIPPING } from './support/acts.ts';
import { App } from './support/app.ts';
import { Album, SCHEMES, VIEWPORTS, type Device, type Name } from './support/pictures.ts';
import { press } from './support/sign_in.ts';
import { ada, expect, jonas, sam, test } from './support/test.ts';

const FOLDER = process.env.SCREENSHOTS ?? 'screenshots';
const WITH_SHIPPING = 'openid profile email offline_access orders:read orders:ship reports:read payouts:write';

for (const device of Object.keys(VIEWPORTS) as Device[]) {
  const viewport = VIEWPORTS[device];
  for (const colorScheme of SCHEMES) {
    const album = new Album(FOLDER, device, colorScheme);
    test.describe(() => {
      test.use({ viewport, colorScheme });
      test.setTimeout(120_000);

      test(`pictures of pages, ${device}, ${colorScheme}`, async ({ page, browser, context, stack, guard }) => {
        for (const status of [400, 404]) guard.expectStatus(status);
        const app = new App(page, stack, true);
        const picture = (name: Name, ...shown: Locator[]) => album.page(page, name, ...shown);

        await app.open('/');
        await picture('home', app.signInLink());
        await app.open('/auth/callback');
        await picture('problem', page.getByText('Reference'));
        await app.open('/no/such/page');
        await picture('not-found', app.heading('Not found'));
        await page.goto(`${stack.app.origin}/boards/orders`);
        await picture('provider-sign-in', page.getByRole('button', { name: ada.name }));
        await app.enterCredentials(ada);
        await picture('provider-consent', page.getByRole('button', { name: 'Allow' }));
        await app.passProvider(ada);
        await app.settled();
        await picture('board', app.heading('Orders'), app.panel('Orders').rows);
        await app.open('/account');
        await picture('account', app.heading('Account'));
        await app.userMenu(ada).click();
        await picture('user-menu', page.getByRole('button', { name: 'Sign out' }));

        stack.api.play({ kind: 'hold', what: 'request' });
        await app.open('/boards/orders');
        await picture('board-loading', page.getByText('Still loading'));
        await stack.api.down();
        await app.open('/boards/orders');
        await picture('board-failing', app.panel('Orders').tryAgain());
        await stack.api.heal();

        await app.open('/');
        await app.signOut(ada);
        await picture('home-signed-out', page.getByRole('status').filter({ hasText: 'You’re signed out' }));

        await context.clearCookies();
        await app.signIn(jonas, '/boards/reports');
        await picture('board-forbidden', page.getByText('You don’t have access to this'));

        // With scripts, the page is left at once.
        const off = await browser.newContext({ viewport, colorScheme, javaScriptEnabled: false });
        const plain = new App(await off.newPage(), stack, false);
        await plain.page.goto(`${stack.app.origin}/boards/orders`);
        await off.route('**/boards/orders', (route) => route.abort('aborted'));
        await plain.passProvider(sam);
        await album.page(plain.page, 'time-zone', plain.heading('One moment'));
        await off.close();
      });

      test(`pictures of sessions, ${device}, ${colorScheme}`, async ({ page, context, stack, guard, elsewhere }) => {
        // Requests of panels while the app restarts, and when their session has ended.
        guard.expectFailure(/\/api\/|favicon/);
        guard.expectStatus(401, /^\/api\//);
        guard.expectEnd();
        const app = new App(page, stack, true);
        const picture = (name: Name, ...shown: Locator[]) => album.page(page, name, ...shown);
        const first = (name: Name, ...shown: Locator[]) => album.window(page, name, ...shown);

        await elsewhere.signIn(ada, '/account');
        await app.signIn(ada, '/sessions');
        await picture('sessions', app.form('/api/end_other_sessions').getByRole('button'));
        await press(app.form('/api/end_other_sessions').getByRole('button'));
        await app.settled();
        await picture('sessions-ended', page.getByRole('status').filter({ hasText: /ended/i }));
        await press(app.panel('Sign out').region.getByRole('button', { name: 'Sign out here only' }));
        await app.settled();
        await picture('home-signed-out-only-here', page.getByRole('status'), app.signInLink());

        // With sessions of 20 seconds, the notice comes after 10.
        const shortly = { timeout: 20_000 };
        await stack.restart({ CLAIMCHECK_IDLE_SECS: '20' });
        await context.clearCookies();
        await app.signIn(ada, '/boards/overview');
        await expect(app.notice()).toBeVisible(shortly);
        await first('notice-idle', app.notice());
        await expect(app.ended()).toBeVisible(shortly);
        await picture('session-ended', app.ended());
        await first('session-ended-first-sight', page.locator('#session-ended [data-part=why]'));
        await stack.restart({ CLAIMCHECK_IDLE_SECS: '20', CLAIMCHECK_ABSOLUTE_SECS: '20' });
        await context.clearCookies();
        await app.signIn(ada, '/boards/desk');
        await expect(app.notice()).toBeVisible(shortly);
        await first('notice-absolute', app.notice());
        await stack.restart();
      });

      test(`pictures of actions, ${device}, ${colorScheme}`, async ({ page, browser, context, stack, guard }) => {
        guard.expectFailure(/\/api\//);
        await stack.restart({ CLAIMCHECK_SCOPES: WITH_SHIPPING });
        const app = new App(page, stack, true);
        const acts = new Acts(app);
        const shot = (name: Name, ...shown: Locator[]) => album.window(page, name, ...shown);

        await app.signIn(ada, SHIPPING);
        const [first, second, third] = (await acts.orders()) as [string, string, string];
        await acts.open('Send as is', first);
        await shot('act-question', acts.form.getByText('just as it is?'), acts.button);
        await acts.send();
        await shot('acts-done', acts.row(first).locator('.said'));
        const form = await acts.open('Ship', second);
        await shot('act-form', form.getByLabel('Carrier'));
        await form.getByLabel('Note').fill('Ring twice.\nThen wait.');
        await page.keyboard.press('Escape');
        await acts.open('Ship', second);
        await shot('act-draft', page.locator('[data-part=draft]'));
        await form.getByLabel('Parcels').fill('some');
        await acts.send();
        await shot('act-problems', form.locator('[aria-invalid=true]'));
        await form.getByLabel('Parcels').fill('2');
        stack.api.play({ kind: 'hold', what: 'answer' }, /\/ship$/);
        const held = stack.api.held();
        await acts.button.click();
        await held;
        await shot('act-progress', acts.button.filter({ hasText: '…' }));
        await stack.api.heal();
        await expect(form.getByLabel('Note')).toHaveAttribute('aria-invalid', 'true');
        await form.getByLabel('Note').fill('Ring twice.');
        stack.api.play({ kind: 'drop' }, /\/ship$/);
        await acts.send();
        await shot('act-unclear', acts.form.getByText('We couldn’t confirm'));
        await page.keyboard.press('Escape');
        await expect(acts.row(second).locator('.said')).toBeVisible();
        await shot('acts-unclear', acts.row(second).locator('.said'));
        await stack.api.heal();
        await page.route('**/api/act', (route) => route.abort('connectionreset'));
        await acts.open('Send as is', third);
        await acts.button.click();
        await shot('act-asking', acts.form.getByText('Checking the result').filter({ visible: true }));
        await page.unroute('**/api/act');
        await expect(page.getByRole('dialog')).toBeHidden();
        // Not one of those above: what happened to them would be in the picture.
        const fourth = (await acts.orders())[5]!;
        await acts.open('Write off', fourth);
        await shot('act-locked', acts.form.getByText('orders:write-off'));
        await page.keyboard.press('Escape');
        await acts.open('Order a payout');
        await shot('act-of-board', acts.form.getByLabel('Amount'));
        await page.keyboard.press('Escape');

        const off = await browser.newContext({ storageState: await context.storageState(), viewport, colorScheme, javaScriptEnabled: false });
        const plain = new App(await off.newPage(), stack, false);
        const plainActs = new Acts(plain);
        const plainShot = (name: Name, ...shown: Locator[]) => album.page(plain.page, name, ...shown);
        await plain.open(SHIPPING);
        await album.window(plain.page, 'acts-scripts-off', plain.heading('Shipping'), plain.panel('To ship').rows);
        await plainActs.open('Ship', fourth);
        await expect.soft(plain.page.getByText('We couldn’t confirm').filter({ visible: true }), 'a form that was not sent').toHaveCount(0);
        await plainShot('act-page', plainActs.form.getByLabel('Carrier'));
        await plainActs.form.getByLabel('Parcels').fill('some');
        await plainActs.send();
        await plainShot('act-page-problems', plainActs.form.locator('[aria-invalid=true]'));
        await plainActs.form.getByLabel('Parcels').fill('2');
        stack.api.play({ kind: 'drop' }, /\/ship$/);
        await plainActs.send();
        await plainShot('act-page-unclear', plain.page.getByText('We couldn’t confirm'));
        await stack.api.heal();
        await plain.open(SHIPPING);
        await plainActs.open('Write off', fourth);
        await plainShot('act-page-locked', plainActs.form.getByText('orders:write-off'));
        await plain.open(SHIPPING);
        const payout = await plainActs.open('Order a payout');
        await payout.getByLabel('Amount').fill('120.50');
        await payout.getByLabel('Paid to').fill('Casa Ferrer');
        await payout.getByLabel('Reference').fill('Invoice 7');
        await plainActs.send();
        await plainShot('act-page-step-up', payout.getByRole('link', { name: 'Confirm' }));
        await press(payout.getByRole('link', { name: 'Confirm' }));
        await plain.passProvider(ada);
        await plainShot('act-page-confirm', plainActs.form.getByLabel('Amount'), plainActs.button);
        await off.close();
        await stack.restart();
      });

      test(`pictures of boards, ${device}, ${colorScheme}`, async ({ page, context, stack, guard }) => {
        guard.expectFailure(/\/api\//);
        for (const status of [404, 502]) guard.expectStatus(status);
        const app = new App(page, stack, true);
        const picture = (name: Name, ...shown: Locator[]) => album.page(page, name, ...shown);
        const first = (name: Name, ...shown: Locator[]) => album.window(page, name, ...shown);
        const stale = (title: string) => app.panel(title).region.locator('[data-stale]');

        await app.signIn(ada, '/boards/overview');
        await picture('overview', app.panel('Revenue by day').region.getByRole('figure'), app.panel('Orders by status').region.getByRole('figure'));
        await first('overview-first-sight', app.heading('Overview'), app.panel('Revenue').region);
        await app.open('/boards/overview?period=7d');
        await picture('overview-7-days', page.getByRole('navigation', { name: 'Period' }).locator('[aria-current]').filter({ hasText: '7 days' }));
        await page.getByRole('navigation', { name: 'Period' }).locator('summary').click();
        await first('period-form', page.getByRole('navigation', { name: 'Period' }).getByLabel('From'));
        await app.open('/boards/overview?period=nonsense');
        await first('period-refused', page.getByRole('status').filter({ hasText: 'That date range isn’t valid' }));
        await app.open('/boards/overview');
        for (const title of ['Revenue by day', 'Orders by status']) {
          await app.panel(title).region.locator('summary').click();
          await app.panel(title).region.getByRole('slider').focus();
          await page.keyboard.press('Home');
        }
        await picture('overview-tables-and-read-out', app.panel('Revenue by day').table, app.panel('Orders by status').table);

        stack.api.play({ kind: 'hold', what: 'request' }, /by=(day|month)|stock/);
        await app.open('/boards/overview');
        await picture('overview-loading', app.panel('Revenue by day').region.getByText('Still loading'));
        await stack.api.heal();
        for (const title of ['Taken', 'Revenue by day', 'Store room']) await app.panel(title).expectReady();
        stack.api.play({ kind: 'status', status: 500 }, /by=(day|month)|stock/);
        await app.open('/boards/overview');
        await picture('overview-failing', page.locator('.notice [data-part=outage], [data-part=retry]'));
        await stack.api.heal();
        await app.open('/boards/overview');
        stack.api.play({ kind: 'status', status: 500 });
        for (const title of ['Taken', 'Revenue by day', 'Store room']) {
          // If there is no room for it, it can be reached by scripts only.
          await app.panel(title).reloadAnyway();
          await expect(stale(title)).toBeVisible();
        }
        await picture('overview-stale', stale('Taken'), stale('Store room'));
        await stack.api.down();
        await app.open('/boards/overview');
        await picture('outage', page.locator('.notice [data-part=outage]'));
        await stack.api.heal();
        await app.open('/boards/nothing');
        await picture('nothing', page.getByText('No rows'), page.getByText('No data'));

        await app.open('/boards/desk?all-orders.sort=total&all-orders.order=desc&all-orders.page=2');
        await picture('desk', app.panel('All orders').region.getByText(/^11–20 of/));
        await app.panel('All orders').rowLink(1).click();
        await first('drawer', page.getByRole('dialog').getByRole('table'));
        await page.keyboard.press('Escape');
        const row = await app.panel('All orders').rowLink(1).getAttribute('href');
        await context.setOffline(true);
        await app.panel('All orders').reload().click();
        await picture('desk-offline', app.panel('All orders').region.getByText('retrying'));
        await context.setOffline(false);
        await app.open('/boards/desk?all-orders.q=nothing+is+called+like+this&customers.q=nor+this');
        await picture('desk-no-match', page.getByText(/nothing is called like this/));
        await app.open('/boards/desk?all-orders.page=9999');
        await picture('desk-past-the-end', app.panel('All orders').region.getByRole('heading'));
        await app.open(row!);
        await picture('row', page.getByRole('main').getByRole('table'));
        await app.open('/boards/desk/rows/all-orders?key=no-such-order');
        await picture('row-not-found', page.getByRole('main').getByRole('heading', { name: 'Not found' }));

        await context.clearCookies();
        await app.signIn(jonas, '/boards/overview');
        await picture('overview-locked', app.panel('Margin by month').region.getByText('You don’t have access to this'));
      });
    });
  }
}
