// Files of the API that belong to rows, and the rows of all pages as CSV: saved by the browser, or a page that says why not.
import { readFile } from 'node:fs/promises';
import type { Download, Locator, Page } from '@playwright/test';
import type { Fault } from '../../support/proxy.ts';
import { press } from '../../support/sign_in.ts';
import { ada, expect, FEW, test } from '../../support/test.ts';

test.use({ settings: 'files.toml' });
test.describe.configure(FEW);

const INVOICE = /\/invoice$/;
const PDF = '%PDF-1.4\n%%EOF\n';

async function downloaded(page: Page, link: Locator): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return download;
}

function invoices(page: Page): Locator {
  return page.getByRole('region', { name: 'Invoices' }).getByRole('link', { name: /^INV-/ });
}

test('a file of a row is saved, from the table and from the page of the row', async ({ app, page }) => {
  await app.signIn(ada, '/boards/files');
  const panel = app.panel('Invoices');
  await panel.expectRows();
  await app.markDocument();
  const row = panel.rows.filter({ has: page.getByRole('link', { name: /^INV-/ }) }).first();
  const order = (await row.getByRole('rowheader').innerText()).trim();
  const link = row.getByRole('link', { name: /^INV-/ });
  const number = (await link.innerText()).trim();
  const file = await downloaded(page, link);
  expect(file.suggestedFilename()).toBe(`Invoice ${order}.pdf`);
  const text = await readFile(await file.path(), 'latin1');
  expect(text.startsWith('%PDF-')).toBe(true);
  expect(text).toContain(`Invoice ${number}`);
  await app.expectAt('/boards/files');
  expect(await app.isSameDocument(), 'the page stays').toBe(true);
  await app.checkPage();

  await app.open(`/boards/files/rows/invoices?key=${order}`);
  const again = await downloaded(page, page.getByRole('main').getByRole('link', { name: number }));
  expect(again.suggestedFilename()).toBe(`Invoice ${order}.pdf`);
  await app.checkPage();
});

const REFUSED: [string, Fault, number, RegExp, RegExp][] = [
  ['HTML', { kind: 'status', status: 200, body: '<h1>Sign in</h1>', contentType: 'text/html' }, 502, /can’t be downloaded/, /another kind of file/],
  ['HTML in disguise', { kind: 'status', status: 200, body: '<html><script>1</script>', contentType: 'application/pdf' }, 502, /can’t be downloaded/, /another kind of file/],
  ['an image', { kind: 'status', status: 200, body: '\u0089PNG', contentType: 'image/png' }, 502, /can’t be downloaded/, /another kind of file/],
  ['too large', { kind: 'status', status: 200, body: PDF.repeat(400), contentType: 'application/pdf', headers: { 'content-length': String(PDF.length * 400) } }, 502, /too large/, /larger than this link allows/],
  ['gone', { kind: 'status', status: 404 }, 404, /file wasn’t found/, /no such file/],
  ['no right', { kind: 'status', status: 403, body: '{"detail":"Invoices are for accountants."}', contentType: 'application/problem+json' }, 403, /don’t have access/, /Invoices are for accountants/],
  ['down', { kind: 'drop' }, 502, /isn’t responding/, /down or slow/],
];

for (const [what, fault, status, title, why] of REFUSED) {
  test(`a file that is refused is a page with the reason and the way back: ${what}`, async ({ app, page, stack, guard }) => {
    guard.expectStatus(status, INVOICE);
    guard.expectStatus(status, /\/file\?column=invoice&/);
    await app.signIn(ada, '/boards/files?invoices.page=2');
    await app.panel('Invoices').expectRows();
    stack.api.play(fault, INVOICE);
    await press(invoices(page).first());
    await expect(app.heading(title)).toBeVisible();
    await expect(page.getByRole('main')).toContainText(why);
    await expect(page.getByText('Reference', { exact: true })).toBeVisible();
    await app.checkPage();
    await press(page.getByRole('link', { name: 'Back to the board' }));
    await app.expectAt('/boards/files?invoices.page=2');
    await app.panel('Invoices').expectRows();
    await app.expectSignedIn(ada);
  });
}

test('CSV of all rows has those of all pages, and says where it ends', async ({ app, page, stack }) => {
  await app.signIn(ada, '/boards/files');
  const panel = app.panel('Invoices');
  const shown = await panel.column(0);
  expect(shown).toHaveLength(5);
  stack.api.forget();
  const file = await downloaded(page, await panel.export('CSV, all rows'));
  expect(file.suggestedFilename()).toBe('files-invoices-first-12-rows.csv');
  const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(1 + 12 + 1);
  for (const [index, order] of shown.entries()) expect(lines[1 + index]).toContain(`"${order}"`);
  expect(new Set(lines.slice(1, 13)).size, 'each row once').toBe(12);
  expect(lines[13]).toContain('12');
  expect(stack.api.count(({ path }) => path.startsWith('/orders?')), 'one page after the other').toBe(3);
});
