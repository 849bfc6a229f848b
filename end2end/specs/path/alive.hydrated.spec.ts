// What scripts do below a path: requests without a page load, drafts, tabs, the event stream, the end of a session.
import { Acts, SHIPPING, TO_SHIP } from '../../support/acts.ts';
import { LATER } from '../../support/app.ts';
import { ada, expect, pathOf, strayAddresses, test } from '../../support/path.ts';

test.use({ moreScopes: TO_SHIP });

const TYPED = 'Ring twice, then wait';

test('R26 files, panels, rows and the finder are fetched below the path', async ({ app, page, stack }) => {
  const later = page.waitForRequest(LATER);
  await app.signIn(ada, '/boards/desk');
  await app.markDocument();
  await app.touch();
  expect((await later).url().startsWith(`${stack.address}/pkg/`)).toBe(true);
  const panel = app.panel('All orders');
  await panel.page('Next').click();
  await expect(panel.region.getByText(/^11–20 of [\d,]+ rows$/)).toBeVisible();
  await panel.reload().click();
  const [link, drawer] = [panel.rowLink(2), page.getByRole('dialog')];
  const name = await link.innerText();
  await link.click();
  await expect(drawer).toHaveAccessibleName(name);
  await app.expectAt(`/boards/desk?all-orders.page=2&row=all-orders.${name}`);
  expect(await strayAddresses(page, stack)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await app.expectAt('/boards/desk?all-orders.page=2');
  await page.keyboard.press('Control+k');
  const finder = page.getByRole('dialog', { name: 'Find boards and actions' });
  await expect(finder.getByRole('searchbox')).toBeFocused();
  expect(await strayAddresses(page, stack)).toEqual([]);
  expect(await app.isSameDocument()).toBe(true);
  await page.keyboard.type('overview');
  await page.keyboard.press('Enter');
  await app.expectAt('/boards/overview');
});

test.describe('beside another application', () => {
  test.use({ visits: true });

  test('R26 drafts carry the path, and a sign-out deletes them and nothing of others', async ({ app, page, stack }) => {
    const acts = new Acts(app);
    await page.goto(`${stack.app.origin}/other`);
    await page.evaluate(() => {
      sessionStorage.setItem('draft:theirs', 'kept');
      localStorage.setItem('theirs', 'kept');
    });
    await app.signIn(ada, SHIPPING);
    const order = await acts.order();
    const form = await acts.open('Ship', order);
    await form.getByLabel('Note').fill(TYPED);
    const own = () => page.evaluate((path) => Object.keys(sessionStorage).filter((key) => key.startsWith(`${path}draft:`)), pathOf(stack));
    await expect.poll(own).toHaveLength(1);
    await app.reloadPage();
    await acts.open('Ship', order);
    await expect(form.getByLabel('Note')).toHaveValue(TYPED);
    await page.keyboard.press('Escape');
    await app.signOut(ada);
    expect(await own()).toEqual([]);
    const theirs = await page.evaluate(() => [sessionStorage.getItem('draft:theirs'), localStorage.getItem('theirs')]);
    expect(theirs).toEqual(['kept', 'kept']);
    // The other application gets no cookie of ours.
    await page.goto(`${stack.app.origin}/other`);
    expect(await page.evaluate(() => document.cookie)).not.toContain('claimcheck');
    expect(stack.app.neighbour.asked.map(({ path }) => path)).toEqual(['/other', '/other']);
  });

  test('R26 what another dashboard of the origin tells its tabs is not heard here', async ({ app, page, stack }) => {
    await app.signIn(ada);
    const other = await page.context().newPage();
    await other.goto(`${stack.app.origin}/other`);
    const names = await other.evaluate(async () => {
      for (const name of ['claimcheck', '/otherclaimcheck']) new BroadcastChannel(name).postMessage('ended signed-out');
      return ((await navigator.locks.query()).held ?? []).map(({ name }) => name);
    });
    expect(names).toEqual([`${pathOf(stack)}claimcheck-events`]);
    await page.bringToFront();
    await app.panel('Orders').reload().click();
    await app.panel('Orders').expectRows();
    await expect(page.locator('html')).not.toHaveAttribute('data-ended', /./);
    expect(stack.app.count(({ path }) => path.startsWith(`${pathOf(stack)}/api/session`)), 'it asked nobody').toBe(0);
  });
});

test('R26 two tabs have one event stream below the path, and both learn of the end', async ({ app, stack, guard }) => {
  guard.expectEnd();
  await app.signIn(ada);
  const streams = () => stack.app.count(({ path, status }) => path === `${pathOf(stack)}/auth/events` && status === 200);
  await expect.poll(streams).toBe(1);
  const second = await app.anotherTab();
  await second.open('/account');
  await app.markDocument();
  await stack.operate('end', '--all', '--yes');
  for (const tab of [app, second]) await expect(tab.ended()).toBeVisible();
  const back = await app.signInAgain(ada);
  expect(back.page.url().startsWith(`${stack.address}/`)).toBe(true);
  await app.expectAwake();
  await app.panel('Orders').expectRows();
});
