// Every state of a panel, and that the panels beside it are not affected.
import { ada, expect, jonas, test } from '../../support/test.ts';

const OTHERS = ['Revenue', 'Taken', 'Revenue by day', 'Store room'];
/** A path that only the panel "Orders by status" requests. */
const BY_STATUS = /by=status/;

test('a slow API delays its panel only', async ({ app, stack, hydrated }) => {
  await app.signIn(ada, '/boards/overview');
  stack.api.play({ kind: 'hold', what: 'request' }, BY_STATUS);
  await app.expectWhole('/boards/overview', 1_800);
  const late = app.panel('Orders by status');
  await expect(late.region.getByText('Still loading')).toBeVisible();
  for (const title of OTHERS) await app.panel(title).expectReady();
  await app.markDocument();
  if (hydrated) {
    await stack.api.heal();
    await late.expectReady();
    expect(await app.isSameDocument()).toBe(true);
  } else {
    // There is no button before it takes unusually long.
    await expect(late.reload()).toBeVisible({ timeout: 12_000 });
    await stack.api.heal();
    await expect(async () => {
      await app.reloadPage();
      await expect(late.region.getByText(/^as of /)).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 10_000 });
  }
  await expect(late.region.getByText('Still loading')).toHaveCount(0);
  await expect(late.region.getByRole('figure')).toBeVisible();
});

test('a failing API fails its panel only', async ({ app, stack }) => {
  await app.signIn(ada, '/boards/overview');
  stack.api.play({ kind: 'status', status: 500 }, BY_STATUS);
  await app.open('/boards/overview');
  const panel = app.panel('Orders by status');
  await expect(panel.region.getByRole('alert')).toContainText('reports an error');
  await expect(panel.tryAgain()).toBeVisible();
  for (const title of OTHERS) await app.panel(title).expectReady();
  await expect(app.page.getByRole('alert')).toHaveCount(1);
  await app.checkPage();
  await stack.api.heal();
  await app.reloadPage();
  await panel.expectReady();
});

test('every panel has its own way to try again, which works as often as one wants', async ({ app, stack, hydrated }) => {
  await app.signIn(ada, '/boards/overview');
  for (const [title, path] of [['Revenue', /by=week/], ['Orders by status', BY_STATUS]] as const) {
    stack.api.play({ kind: 'status', status: 500 }, path);
    await app.open('/boards/overview');
    const panel = app.panel(title);
    await expect(panel.tryAgain(), title).toBeVisible();
    const asked = () => stack.api.count((exchange) => path.test(exchange.path));
    for (let round = 1; round <= 2; round++) {
      const before = asked();
      await panel.tryAgain().click();
      await expect.poll(asked, `requests for "${title}" after try ${round}`).toBeGreaterThan(before);
      await expect(panel.region.getByRole('alert'), 'as long as it fails').toContainText('reports an error');
    }
    await stack.api.heal();
    await app.markDocument();
    await panel.tryAgain().click();
    await panel.expectReady();
    await expect(panel.region.getByRole('alert')).toHaveCount(0);
    expect(await app.isSameDocument()).toBe(hydrated);
  }
});

test('every panel can be reloaded', async ({ app, stack }) => {
  await app.signIn(ada, '/boards/overview');
  for (const [title, path] of [['Revenue', /by=week/], ['Store room', /stock/]] as const) {
    const asked = () => stack.api.count((exchange) => path.test(exchange.path));
    for (let round = 1; round <= 2; round++) {
      const before = asked();
      await app.panel(title).reload().click();
      await expect.poll(asked, `requests for "${title}" after reload ${round}`).toBeGreaterThan(before);
      await app.panel(title).expectReady();
    }
  }
});

test('what a sign-in does not include is named, and beside it all else is there', async ({ app }) => {
  await app.signIn(jonas, '/boards/overview');
  const locked = app.panel('Margin by month');
  await expect(locked.region.getByText('You don’t have access to this')).toBeVisible();
  await expect(locked.region.locator('code')).toHaveText('reports:read');
  await expect(locked.tryAgain()).toHaveCount(0);
  await expect(locked.table).toHaveCount(0);
  for (const title of [...OTHERS, 'Orders by status']) await app.panel(title).expectReady();
  await app.checkPage();
});

test('whoever has it sees the same panel', async ({ app }) => {
  await app.signIn(ada, '/boards/overview');
  await app.panel('Margin by month').expectRows();
  await expect(app.page.getByText('You don’t have access to this')).toHaveCount(0);
});

test('an API that has nothing is no failure', async ({ app }) => {
  await app.signIn(ada, '/boards/nothing');
  await expect(app.panel('No number').region.getByText('No value')).toBeVisible();
  await expect(app.panel('No table').region.getByRole('heading', { name: 'No rows' })).toBeVisible();
  await expect(app.panel('No line').region.getByRole('heading', { name: 'No data' })).toBeVisible();
  await expect(app.panel('No list').region.getByRole('heading', { name: 'No entries' })).toBeVisible();
  await expect(app.page.getByRole('alert')).toHaveCount(0);
  await app.checkPage();
});

test('signed out meanwhile: what a person asks leads through the sign-in and back to it', async ({ app, page, context, stack, guard }) => {
  guard.expectStatus(401, /^\/api\/panel_when_ready/);
  await app.signIn(ada, '/boards/desk');
  await context.clearCookies();
  if (app.hydrated) guard.expectEnd();
  await app.panel('All orders').page('Next').click();
  let landed = app;
  if (app.hydrated) {
    // The page stays, so that input is not lost.
    await app.expectEnded('over', /has ended/);
    landed = await app.signInAgain(ada);
  } else {
    await page.waitForURL((url) => url.origin === stack.provider.origin);
    await app.passProvider(ada);
  }
  await landed.expectAt('/boards/desk?all-orders.page=2');
  for (const each of [landed, app]) await expect(each.panel('All orders').region.getByText(/^11–20 of/)).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
