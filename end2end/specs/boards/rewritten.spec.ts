// Pages that were rewritten between server and browser, or in the browser: reading, filtering, sorting, paging and
// renewal go on.
import type { Locator } from '@playwright/test';
import { App } from '../../support/app.ts';
import { REWRITES, rewritePages } from '../../support/rewrites.ts';
import { press } from '../../support/sign_in.ts';
import { ada, expect, test } from '../../support/test.ts';

/** Sorts, filters and reloads the table of orders. `use` follows a link. */
async function useTable(app: App, use: (link: Locator) => Promise<void>, isInPlace: boolean): Promise<void> {
  const { page } = app;
  const orders = app.panel('Orders');
  await orders.expectRows();
  const all = await orders.rows.count();
  const total = () => orders.table.getByRole('columnheader', { name: /Total/ });
  for (const [order, sign] of [['ascending', 1], ['descending', -1]] as const) {
    await use(total().getByRole('link'));
    await expect(total()).toHaveAttribute('aria-sort', order);
    await expect(page).toHaveURL(new RegExp(`orders\\.sort=total&orders\\.order=${order.slice(0, 3)}|orders\\.sort=total&orders\\.order=${order.slice(0, 4)}`));
    const cells = orders.rows.locator('td.num');
    const totals = await cells.evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset.sort)));
    expect(totals, order).toEqual([...totals].sort((one, other) => sign * (one - other)));
  }
  await orders.filter.fill('isola');
  // The button is for browsers without scripts.
  if (!isInPlace) await Promise.all([page.waitForEvent('framenavigated'), orders.filter.press('Enter')]);
  await expect(page).toHaveURL(/orders\.q=isola/);
  await expect.poll(() => orders.rows.count()).toBeLessThan(all);
  const found = await orders.rows.count();
  const expectFound = async () => {
    await expect(orders.rows).toHaveCount(found);
    for (const text of await orders.rows.allInnerTexts()) expect(text).toContain('Isola');
  };
  await expectFound();
  const before = app.stack.api.count(({ status }) => status === 200);
  await use(orders.reload());
  await expect.poll(() => app.stack.api.count(({ status }) => status === 200)).toBeGreaterThan(before);
  await orders.expectReady();
  await expectFound();
}

for (const [what, rewrite] of Object.entries(REWRITES)) {
  test(`R38 a page ${what} is filtered, sorted and renewed`, async ({ app, context, stack, hydrated }) => {
    await rewritePages(context, stack.app.origin, rewrite);
    await app.signIn(ada, '/boards/orders');
    await useTable(app, (link) => (hydrated ? link.click() : press(link)), hydrated);
  });

  test(`R38 a panel that comes later and its pages work in a page ${what}`, async ({ app, page, context, stack, hydrated }) => {
    await rewritePages(context, stack.app.origin, rewrite);
    await app.signIn(ada, '/boards/desk');
    await expect(page.getByRole('heading', { level: 1, name: 'Desk' })).toBeVisible();
    if (hydrated) stack.api.play({ kind: 'slow', ms: 1_000 });
    await app.open('/boards/desk');
    const next = page.getByRole('link', { name: 'Next', exact: true }).first();
    await expect(next).toBeVisible();
    await (hydrated ? next.click() : press(next));
    await expect(page).toHaveURL(/page/);
    await expect(page.getByRole('link', { name: 'Previous', exact: true }).first()).toBeVisible();
  });
}

for (const [what, rewrite] of Object.entries(REWRITES)) {
  test(`R38 the points of a chart are read in a page ${what}`, async ({ app, page, context, stack, hydrated }) => {
    test.skip(!hydrated, 'points are read by scripts');
    await rewritePages(context, stack.app.origin, rewrite);
    await app.signIn(ada, '/boards/overview');
    const { region } = app.panel('Revenue by day');
    await region.getByRole('slider').focus();
    await page.keyboard.press('Home');
    const first = region.locator('tr[data-x]').first();
    for (const [part, cell] of [['at', 'th'], ['value', 'td.num']] as const) {
      const text = await first.locator(cell).first().textContent();
      await expect(region.locator(`[data-part=${part}]`).first()).toHaveText(text!.trim());
    }
  });
}

test('R38 a page works by plain links if its scripts do not get far', async ({ page, stack }) => {
  const body = 'export default () => new Promise(() => {});';
  await page.route(/\/pkg\/.*\.js$/, (route) => route.fulfill({ contentType: 'text/javascript', body }));
  const unscripted = new App(page, stack, false);
  await unscripted.signIn(ada, '/boards/orders');
  await useTable(unscripted, press, false);
});

test('R38 a page that a translator changes while it is open is filtered, sorted and renewed', async ({ app, page, hydrated }) => {
  test.skip(!hydrated, 'translators are scripts');
  await page.addInitScript(() => {
    const seen = new WeakSet<Node>();
    const wrap = () => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const found: Text[] = [];
      while (walker.nextNode()) found.push(walker.currentNode as Text);
      for (const text of found) {
        const parent = text.parentElement;
        if (!text.data.trim() || seen.has(text) || !parent || /^(SCRIPT|STYLE|TEXTAREA)$/.test(parent.tagName)) continue;
        const [outer, inner] = [document.createElement('font'), document.createElement('font')];
        const copy = document.createTextNode(text.data);
        seen.add(copy);
        outer.append(inner);
        inner.append(copy);
        text.replaceWith(outer);
      }
    };
    addEventListener('DOMContentLoaded', () => {
      wrap();
      new MutationObserver(wrap).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
  });
  await app.signIn(ada, '/boards/orders');
  await expect(page.locator('tbody font').first()).toBeAttached();
  await useTable(app, (link) => link.click(), true);
});
