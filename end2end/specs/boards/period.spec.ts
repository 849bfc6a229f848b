// The period of a board: the configured ones, two dates, invalid input; the choice is in the URL.
import type { App } from '../../support/app.ts';
import { press } from '../../support/sign_in.ts';
import { ada, expect, test } from '../../support/test.ts';

const PANELS = ['Revenue', 'Taken', 'Revenue by day', 'Orders by status'];

test.beforeEach(({ app }) => app.signIn(ada, '/boards/overview'));

test('a choice of days changes every panel it concerns, and stays in the address', async ({ app, page, stack }) => {
  const [usual, stock] = [await shown(app), await text(app, 'Store room')];
  await expect(choice(app, '30 days')).toHaveAttribute('aria-current', 'true');

  stack.api.forget();
  await press(choice(app, '7 days'));
  await app.expectAt('/boards/overview?period=7d');
  await expect(choice(app, '7 days')).toHaveAttribute('aria-current', 'true');
  await expect(choice(app, '30 days')).not.toHaveAttribute('aria-current');
  const week = await shown(app);
  PANELS.forEach((title, index) => expect(week[index], title).not.toBe(usual[index]));
  expect(await text(app, 'Store room'), 'which has no days').toBe(stock);
  expect(heard(stack.api.exchanges, 'by=day')).toEqual([`from=${daysAgo(6)}&to=${daysAgo(0)}`]);

  await app.reloadPage();
  expect(await shown(app)).toEqual(week);
  await page.goBack();
  await app.expectAt('/boards/overview');
  expect(await shown(app)).toEqual(usual);
  await page.goForward();
  await app.expectAt('/boards/overview?period=7d');
  expect(await shown(app)).toEqual(week);
});

test('two days of one’s own', async ({ app, page, stack }) => {
  const usual = await shown(app);
  const [from, to] = [daysAgo(40), daysAgo(31)];
  stack.api.forget();
  await choose(app, from, to);
  await app.expectAt(`/boards/overview?from=${from}&to=${to}`);
  const own = await shown(app);
  PANELS.forEach((title, index) => expect(own[index], title).not.toBe(usual[index]));
  expect(heard(stack.api.exchanges, 'by=day')).toEqual([`from=${from}&to=${to}`]);
  expect(heard(stack.api.exchanges, 'by=week'), 'with the days before, which it is compared to').toEqual([
    `from=${daysAgo(50)}&to=${daysAgo(41)}`,
    `from=${from}&to=${to}`,
  ]);
  await expect(app.page.getByRole('navigation', { name: 'Period' }).locator('[aria-current]')).toHaveCount(0);
  await expect(app.panel('Revenue by day').region.locator('figcaption')).toContainText('10 points');

  await app.reloadPage();
  expect(await shown(app)).toEqual(own);
  await page.getByRole('navigation', { name: 'Period' }).locator('summary').click();
  await expect(page.getByLabel('From', { exact: true })).toHaveValue(from);
  await expect(page.getByLabel('To', { exact: true })).toHaveValue(to);
});

test('days that make no sense are the usual ones, and it says so', async ({ app, page }) => {
  const usual = await shown(app);
  const notice = page.getByRole('status').filter({ hasText: 'That date range isn’t valid' });
  await expect(notice).toHaveCount(0);
  for (const query of ['period=nonsense', 'from=2026-13-45', `from=${daysAgo(3)}&to=${daysAgo(5)}`]) {
    expect((await app.open(`/boards/overview?${query}`)).status(), query).toBe(200);
    await expect(notice, query).toBeVisible();
    await expect(choice(app, '30 days'), query).toHaveAttribute('aria-current', 'true');
    expect(await shown(app), query).toEqual(usual);
  }
});

test('what is searched for stays when the days change, the page does not', async ({ app, page, hydrated }) => {
  await app.open('/boards/desk?all-orders.page=2');
  const panel = app.panel('All orders');
  const wanted = (await panel.column(1))[0]!;
  await panel.filter.fill(wanted);
  if (!hydrated) await panel.filter.press('Enter');
  await expect(page).toHaveURL(/[?&]all-orders\.q=/);
  await expect.poll(async () => new Set(await panel.column(1))).toEqual(new Set([wanted]));

  await press(choice(app, '30 days'));
  await expect(page).toHaveURL(/period=30d/);
  await expect(page).not.toHaveURL(/page=/);
  await expect(panel.filter).toHaveValue(wanted);

  await choose(app, daysAgo(200), daysAgo(0));
  await expect(page).toHaveURL(new RegExp(`from=${daysAgo(200)}&to=${daysAgo(0)}`));
  await expect(panel.filter).toHaveValue(wanted);
  for (const customer of await panel.column(1)) expect(customer).toBe(wanted);
});

test('days of one’s own keep what was searched for on the same page', async ({ app, page, hydrated }) => {
  await app.open('/boards/desk');
  const panel = app.panel('All orders');
  const wanted = (await panel.column(1))[0]!;
  await panel.filter.fill(wanted);
  if (!hydrated) await panel.filter.press('Enter');
  await expect(page).toHaveURL(/[?&]all-orders\.q=/);
  await choose(app, daysAgo(200), daysAgo(0));
  await expect(page).toHaveURL(/from=/);
  await expect(panel.filter).toHaveValue(wanted);
});

function choice(app: App, name: string) {
  return app.page.getByRole('navigation', { name: 'Period' }).getByRole('link', { name, exact: true });
}

/** Fills in and submits the form for two dates. */
async function choose(app: App, from: string, to: string): Promise<void> {
  await app.page.getByRole('navigation', { name: 'Period' }).locator('summary').click();
  await app.page.getByLabel('From', { exact: true }).fill(from);
  await app.page.getByLabel('To', { exact: true }).fill(to);
  await press(app.page.getByRole('button', { name: 'Show' }));
  await app.settled();
}

/** The content of the panels as text. */
async function shown(app: App): Promise<string[]> {
  await app.settled();
  const texts: string[] = [];
  for (const title of PANELS) texts.push(await text(app, title));
  return texts;
}

async function text(app: App, title: string): Promise<string> {
  const panel = app.panel(title);
  await panel.expectReady();
  return (await panel.region.locator('[data-part=body]').textContent()) ?? '';
}

/** The days in API requests that contain `by`. */
function heard(exchanges: { path: string }[], by: string): string[] {
  const asked = exchanges.filter(({ path }) => path.includes(by));
  return asked.map(({ path }) => /from=[^&]*&to=[^&]*/.exec(path)?.[0] ?? '').sort();
}

/** A calendar day in London, Ada's time zone: some days do not have 24 hours there. */
function daysAgo(days: number): string {
  const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/London' });
  return new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10);
}
