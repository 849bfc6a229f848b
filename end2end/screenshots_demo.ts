// Pictures of the boards of the demo and of the book's whole boards file, as `npm run screenshots -- FOLDER` takes them.
import { readFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { App } from './support/app.ts';
import { Album, SCHEMES, VIEWPORTS, type Device, type Name } from './support/pictures.ts';
import { press } from './support/sign_in.ts';
import { ada, expect, test } from './support/test.ts';

const FOLDER = process.env.SCREENSHOTS ?? 'screenshots';
const DEMO = '../../crates/demo/src/boards.toml';
const BOOK = new URL('../docs/boards/example.md', import.meta.url);

test.use({ settings: `${DEMO} demo_api.toml`, moreScopes: 'service:write orders:ship' });

/** Opens the page of the first link. */
async function follow(app: App, links: Locator): Promise<void> {
  await app.open((await links.first().getAttribute('href')) ?? '/');
}

for (const device of Object.keys(VIEWPORTS) as Device[]) {
  const viewport = VIEWPORTS[device];
  for (const colorScheme of SCHEMES) {
    const album = new Album(FOLDER, device, colorScheme);
    test.describe(() => {
      test.use({ viewport, colorScheme });
      test.setTimeout(120_000);

      test(`pictures of the demo, ${device}, ${colorScheme}`, async ({ page, stack }) => {
        const app = new App(page, stack, true);
        const picture = (name: Name, ...shown: Locator[]) => album.page(page, name, ...shown);
        const first = (name: Name, ...shown: Locator[]) => album.window(page, name, ...shown);
        const dialog = page.getByRole('dialog');

        await app.signIn(ada, '/boards/overview');
        await picture('demo-overview', app.panel('Revenue by day').region.getByRole('figure'), app.panel('Orders to ship').rows);
        await first('demo-overview-first-sight', app.heading('Overview'), app.panel('Revenue').region);
        if (device === 'phone') await page.getByRole('button', { name: 'Boards', exact: true }).click();
        else await page.locator('#find').fill('o');
        await first('demo-navigation', page.locator('#boards').getByRole('link', { name: 'Customers' }));
        await app.open('/boards?q=in');
        await picture('demo-find', page.getByRole('main').getByRole('link', { name: 'Invoices' }));
        await app.open('/boards/orders');
        await first('demo-table', app.panel('Orders').rows);
        await page.keyboard.press('Control+k');
        await page.keyboard.type('ord');
        await first('demo-finder', page.getByRole('dialog', { name: 'Find boards and actions' }).getByRole('link'));
        await app.open('/boards/orders');
        await app.userMenu(ada).click();
        await first('demo-menu', page.getByRole('button', { name: 'Sign out' }));
        await app.open('/boards/orders');
        await app.panel('Orders').rowLink(1).click();
        await first('demo-drawer', dialog.getByRole('table'));
        await app.open('/boards/find-orders?status=open&country=DE');
        await picture('demo-filters', page.getByRole('region', { name: /^Orders: / }).getByRole('table'));

        await app.open('/boards/customers');
        await follow(app, page.locator('main a[href^="/boards/customer?id="]'));
        await picture('demo-customer', app.heading(/./), page.getByRole('region', { name: /^Invoices of / }).getByRole('table'));
        await app.open('/boards/tickets?assignee=');
        await follow(app, page.locator('main a[href^="/boards/ticket?id="]'));
        await picture('demo-ticket', app.heading(/./));

        await app.open('/boards/overview');
        await app.userMenu(ada).click();
        await press(page.getByRole('button', { name: 'Deutsch' }));
        await app.settled();
        await picture('demo-german', app.heading('Übersicht'));
      });

      test(`pictures of the example and of author mode, ${device}, ${colorScheme}`, async ({ page, stack, guard }) => {
        guard.expectFailure(/\/api\/|favicon|author/);
        const app = new App(page, stack, true);
        let demo = '';
        const [, example = ''] = /```toml\n([\s\S]*?)\n```/.exec(await readFile(BOOK, 'utf8')) ?? [];
        await stack.rewrite((text) => {
          demo = text;
          return example;
        });
        await stack.restart({}, '--author');
        await app.signIn(ada, '/boards/overview');
        await album.page(page, 'example-overview', app.panel('Revenue by customer').region.getByRole('figure'));
        await app.open('/boards/customers');
        await follow(app, page.locator('main a[href^="/boards/customer?id="]'));
        await album.page(page, 'example-customer', page.getByRole('region', { name: /^Invoices of / }).getByRole('table'));
        await stack.rewrite((text) => text.replace('kind = "stat"', 'knid = "stat"'));
        await album.window(page, 'author-mistakes', page.getByRole('alert').filter({ hasText: 'knid' }));
        await stack.rewrite(() => example);
        await expect(page.getByRole('alert')).toHaveCount(0);
        await page.goto('about:blank');
        await stack.rewrite(() => demo);
        await stack.restart();
      });
    });
  }
}
