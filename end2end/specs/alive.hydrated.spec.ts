// What only scripts can do, and what they must not do.
import { ada, expect, test } from '../support/test.ts';

for (const path of ['/boards/orders', '/boards/overview', '/boards/desk', '/account']) {
  test(`hydration changes nothing visible on ${path}`, async ({ app, page, stack }) => {
    await app.signIn(ada, path);
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/*.wasm', async (route) => {
      await held;
      await route.continue();
    });
    const look = async () => ({
      text: await page.locator('body').innerText(),
      picture: (await page.screenshot({ animations: 'disabled', fullPage: true })).toString('base64'),
    });

    await page.goto(stack.app.origin + path);
    await expect(page.locator('html[data-hydrated]')).toHaveCount(0);
    const before = await look();
    release();
    await app.settled();
    const after = await look();
    expect(after.text).toBe(before.text);
    expect(after.picture === before.picture, 'the same picture').toBe(true);
  });
}

test('the user menu works by keyboard', async ({ app, page }) => {
  await app.signIn(ada);
  const menu = app.userMenu(ada);
  const account = page.getByRole('link', { name: 'Account' });
  await menu.focus();
  await page.keyboard.press('Enter');
  await expect(account).toBeVisible();
  await app.checkPage();
  await page.keyboard.press('Escape');
  await expect(account).toBeHidden();
  await expect(menu).toBeFocused();

  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(account).toBeFocused();
  await page.keyboard.press('Enter');
  await app.expectAt('/account');
});

test('says so when the server cannot be reached, and recovers', async ({ app, stack, guard }) => {
  guard.expectFailure(new RegExp(`^${stack.app.origin}/api/`));
  await app.signIn(ada);
  const panel = app.panel('Orders');
  await panel.expectRows();
  await app.touch();
  await stack.app.down();
  await panel.reload().click();
  await expect(panel.region.getByText(/can’t be reached|offline/i)).toBeVisible();
  await stack.app.up();
  await panel.reload().or(panel.tryAgain()).first().click();
  await expect(panel.region.getByText(/can’t be reached|offline/i)).toHaveCount(0);
  await panel.expectRows();
});
