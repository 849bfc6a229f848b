// The check of the pictures finds those that are missing, empty or the same.
import { copyFile, rm } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { Coarse } from '../support/coarse.ts';
import { Album, fileOf, mistakes, SCHEMES, VIEWPORTS, type Device } from '../support/pictures.ts';

test('missing, empty and equal pictures are found', async ({ page, browser }, testInfo) => {
  const folder = testInfo.outputDir;
  const names = ['home', 'board', 'account'] as const;
  for (const device of Object.keys(VIEWPORTS) as Device[]) {
    for (const scheme of SCHEMES) {
      for (const name of names) {
        await page.setContent(`<h1>${name} ${device} ${scheme}</h1><p style="background: linear-gradient(90deg, #000, #fff)">–`);
        await new Album(folder, device, scheme).page(page, name, page.getByRole('heading', { name }));
      }
    }
  }
  const found = () => mistakes(folder, new Coarse(browser), names);
  expect(await found()).toEqual([]);

  const [home, board, account] = names.map((name) => fileOf(folder, name, 'phone', 'dark')) as [string, string, string];
  await copyFile(home, board);
  await rm(account);
  await page.setContent('<body style="background: #eef">');
  await new Album(folder, 'desktop', 'light').window(page, 'home');
  expect(await found()).toEqual([
    `empty: ${fileOf(folder, 'home', 'desktop', 'light')}`,
    `the same: ${home} and ${board}`,
    `missing: ${account}`,
  ]);
});

for (const [what, take] of [
  ['hidden', (album: Album, page: Page) => album.page(page, 'board', page.getByText('Shipped'))],
  ['below the window', (album: Album, page: Page) => album.window(page, 'board', page.getByText('Below'))],
] as const) {
  test(`a test fails if what its picture promises is ${what}`, async ({ page }, testInfo) => {
    await page.setContent('<h1>Orders</h1><p hidden>Shipped</p><p style="margin-top: 4000px">Below</p>');
    const album = new Album(testInfo.outputDir, 'phone', 'light', 300);
    await album.window(page, 'board', page.getByText('Orders'));
    expect(testInfo.errors).toEqual([]);
    test.fail();
    await take(album, page);
  });
}
