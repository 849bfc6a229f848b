// Tables whose rows the API pages, sorts and searches, and one that the browser filters and sorts.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { Panel } from '../../support/app.ts';
import { ada, expect, test } from '../../support/test.ts';

const [ORDER, TOTAL] = [0, 4];

test.beforeEach(async ({ app }) => {
  await app.signIn(ada, '/boards/desk');
  await app.panel('All orders').expectRows();
  await app.markDocument();
});

test('pages through all rows', async ({ app, hydrated }) => {
  const panel = app.panel('All orders');
  const first = await panel.column(ORDER);
  expect(first).toHaveLength(10);
  await expect(panel.region.getByText(/^1–10 of [\d,]+ rows$/)).toBeVisible();
  await expect(panel.page('Previous')).toHaveAttribute('aria-disabled', 'true');

  await panel.page('Next').click();
  await expect(panel.region.getByText(/^11–20 of [\d,]+ rows$/)).toBeVisible();
  await app.expectAt('/boards/desk?all-orders.page=2');
  if (hydrated) await expect(panel.page('Next'), 'where the focus was').toBeFocused();
  const second = await panel.column(ORDER);
  expect(second.filter((order) => first.includes(order))).toEqual([]);
  expect(await app.isSameDocument()).toBe(hydrated);

  await app.reloadPage();
  expect(await panel.column(ORDER)).toEqual(second);
  await panel.page('Previous').click();
  await expect.poll(() => panel.column(ORDER)).toEqual(first);

  const total = Number(/of ([\d,]+)/.exec(await panel.region.getByText(/ of [\d,]+ rows$/).innerText())?.[1]?.replace(',', ''));
  await app.open(`/boards/desk?all-orders.page=${Math.ceil(total / 10)}`);
  await expect(panel.page('Next')).toHaveAttribute('aria-disabled', 'true');
  await app.open(`/boards/desk?all-orders.page=${Math.ceil(total / 10) + 1}`);
  await expect(panel.region.getByText('no rows on this page')).toBeVisible();
  await panel.page('Previous').click();
  await panel.expectRows();
});

test('the first page has one address, whichever way one came', async ({ app }) => {
  await app.open('/boards/desk?all-orders.page=2');
  await app.panel('All orders').page('Previous').click();
  await expect(app.panel('All orders').region.getByText(/^1–10 of/)).toBeVisible();
  await app.expectAt('/boards/desk');
});

test('sorts all rows, not only those of the page', async ({ app, page, hydrated }) => {
  const panel = app.panel('All orders');
  await panel.page('Next').click();
  await app.expectAt('/boards/desk?all-orders.page=2');
  await panel.sorter(TOTAL).click();
  await expect(panel.header(TOTAL)).toHaveAttribute('aria-sort', 'ascending');
  await expect(page).toHaveURL(/\?all-orders\.sort=total&all-orders\.order=asc(#panel-all-orders)?$/);
  const lowest = await panel.numbers(TOTAL);
  expect(lowest).toEqual([...lowest].sort((a, b) => a - b));
  if (hydrated) await expect(panel.sorter(TOTAL)).toBeFocused();
  expect(await app.isSameDocument()).toBe(hydrated);

  await panel.sorter(TOTAL).click();
  await expect(panel.header(TOTAL)).toHaveAttribute('aria-sort', 'descending');
  await expect(page).toHaveURL(/\?all-orders\.sort=total&all-orders\.order=desc(#panel-all-orders)?$/);
  const highest = await panel.numbers(TOTAL);
  expect(highest).toEqual([...highest].sort((a, b) => b - a));
  expect(Math.min(...highest)).toBeGreaterThan(Math.max(...lowest));
  await app.reloadPage();
  expect(await panel.numbers(TOTAL)).toEqual(highest);
});

test('searches all rows', async ({ app, page, hydrated }) => {
  const panel = app.panel('All orders');
  await app.open('/boards/desk?all-orders.page=3');
  const wanted = (await panel.column(ORDER))[4]!;
  await app.open('/boards/desk?all-orders.page=2');
  await app.markDocument();
  expect(await panel.column(ORDER)).not.toContain(wanted);
  await panel.filter.pressSequentially(wanted.toLowerCase());
  if (hydrated) {
    await expect(page).toHaveURL(`${app.stack.app.origin}/boards/desk?all-orders.q=${wanted.toLowerCase()}`);
    await expect(panel.filter).toBeFocused();
  } else {
    await panel.filter.press('Enter');
  }
  await expect.poll(() => panel.column(ORDER)).toEqual([wanted]);
  await expect(panel.region.getByRole('status').filter({ hasText: /^1 row( found)?$/ })).toBeVisible();
  await app.expectAt(`/boards/desk?all-orders.q=${wanted.toLowerCase()}`);
  expect(await app.isSameDocument()).toBe(hydrated);
  await app.reloadPage();
  await expect(panel.filter).toHaveValue(wanted.toLowerCase());
  expect(await panel.column(ORDER)).toEqual([wanted]);

  await panel.filter.fill('nothing is called like this');
  if (!hydrated) await panel.filter.press('Enter');
  await expect(panel.region.getByRole('heading', { name: 'No row contains “nothing is called like this”' })).toBeVisible();
  await expect(panel.rows).toHaveCount(0);
  await app.checkPage();
  await panel.region.getByRole('link', { name: /^Clear/ }).click();
  await expect.poll(() => panel.rows.count()).toBe(10);
  await app.expectAt('/boards/desk');
  if (hydrated) await expect(panel.filter).toBeFocused();
});

test('a file holds what is shown', async ({ app, page, hydrated }) => {
  const panel = app.panel('All orders');
  const heads = await panel.table.getByRole('columnheader').allInnerTexts();
  await panel.page('Next').click();
  await app.expectAt('/boards/desk?all-orders.page=2');
  // The URL changes first.
  await expect(panel.region.getByText(/^11–20 of/)).toBeVisible();
  await expectSame(page, panel, heads);

  await panel.sorter(TOTAL).click();
  await expect(panel.header(TOTAL)).toHaveAttribute('aria-sort', 'ascending');
  const file = await expectSame(page, panel, heads);
  expect(file.slice(1).map((row) => Number(row[TOTAL]))).toEqual(await panel.numbers(TOTAL));

  const customers = app.panel('Customers');
  const wanted = (await customers.column(0))[3]!;
  await customers.filter.fill(wanted);
  if (!hydrated) await customers.filter.press('Enter');
  await expect(customers.rows).toHaveCount(1);
  await expectSame(page, customers, await customers.table.getByRole('columnheader').allInnerTexts());
});

test('what is asked of one table leaves the other as it is', async ({ app, page, hydrated }) => {
  const [orders, customers] = [app.panel('All orders'), app.panel('Customers')];
  const letter = 'an';
  await customers.filter.fill(letter);
  if (!hydrated) await customers.filter.press('Enter');
  await expect(page).toHaveURL(/[?&]customers\.q=an/);
  await customers.sorter(2).click();
  await expect(customers.header(2)).toHaveAttribute('aria-sort', 'ascending');
  const few = await customers.column(0);
  expect(few.length).toBeGreaterThan(0);
  expect(few.length).toBeLessThan(12);
  expect(await customers.numbers(2)).toEqual([...(await customers.numbers(2))].sort((a, b) => a - b));

  await orders.sorter(TOTAL).click();
  await expect(orders.header(TOTAL)).toHaveAttribute('aria-sort', 'ascending');
  await orders.page('Next').click();
  await expect(orders.region.getByText(/^11–20 of/)).toBeVisible();
  const second = await orders.column(ORDER);
  expect(await customers.column(0)).toEqual(few);
  await expect(customers.header(2)).toHaveAttribute('aria-sort', 'ascending');

  const asked = Object.fromEntries(new URL(page.url()).searchParams);
  expect(asked).toEqual({
    'customers.q': letter,
    'customers.sort': 'orders',
    'customers.order': 'asc',
    'all-orders.sort': 'total',
    'all-orders.order': 'asc',
    'all-orders.page': '2',
  });
  await app.reloadPage();
  expect(await orders.column(ORDER)).toEqual(second);
  expect(await customers.column(0)).toEqual(few);
  await expect(customers.filter).toHaveValue(letter);
  expect(await app.panel('All orders').filter.inputValue()).toBe('');
});

/** The file matches the table as shown: its headings, and its rows in order. */
async function expectSame(page: Page, panel: Panel, heads: string[]): Promise<string[][]> {
  const shown = await panel.column(ORDER);
  const link = await panel.export('CSV');
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  // With scripts off the menu stays open, and is over the table.
  await page.keyboard.press('Escape');
  expect(download.suggestedFilename()).toMatch(/^desk-[a-z-]+\.csv$/);
  const text = await readFile(await download.path(), 'utf8');
  expect(text.startsWith('\ufeff'), 'a byte order mark').toBe(true);
  const rows = text
    .slice(1)
    .trimEnd()
    .split('\r\n')
    .map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''));
  expect(rows[0]).toEqual(heads);
  expect(rows.slice(1).map((row) => row[ORDER])).toEqual(shown);
  return rows;
}
