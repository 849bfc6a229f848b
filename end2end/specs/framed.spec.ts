// A board in a frame of an intranet page, which is another site: R27.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ada, expect, test } from '../support/test.ts';

test('R27 a board in a frame says that it cannot be shown there, and its link opens the board in a tab', async ({ app, page, context, stack, hydrated }) => {
  const board = `${stack.app.origin}/boards/orders?x=1`;
  const intranet = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>Intranet</title><h1>Intranet</h1><iframe title="Orders" src="${board}"></iframe>`);
  });
  await new Promise<void>((resolve) => intranet.listen(0, '127.0.0.1', resolve));
  try {
    const address = `http://127.0.0.1:${(intranet.address() as AddressInfo).port}/`;
    const frame = page.frameLocator('iframe');

    await page.goto(address);
    await expect(frame.getByRole('heading', { level: 1 })).toContainText('can’t be shown inside another page');
    await expect(frame.locator('form, script')).toHaveCount(0);
    const signedOut = await frame.locator('body').innerText();

    await app.signInThroughPages(ada);
    await page.goto(address);
    await expect(frame.getByRole('heading', { level: 1 })).toContainText('can’t be shown inside another page');
    expect(await frame.locator('body').innerText(), 'the same for everyone').toBe(signedOut);

    const link = frame.getByRole('link', { name: 'Open in a new tab' });
    await expect(link).toHaveAttribute('target', '_blank');
    let tab;
    if (hydrated) {
      const opened = context.waitForEvent('page');
      await link.click();
      tab = await opened;
    } else {
      // In a tab that a link opens, scripts run until Playwright has switched them off.
      tab = await context.newPage();
      await tab.goto(new URL((await link.getAttribute('href')) ?? '', stack.app.origin).href);
    }
    await expect(tab).toHaveURL(board);
    await expect(tab.getByRole('heading', { level: 1, name: 'Orders' })).toBeVisible();
    await expect(page, 'the intranet page stays').toHaveURL(address);
    await tab.close();
  } finally {
    intranet.close();
  }
});
