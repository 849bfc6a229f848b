// One event stream per browser, however many tabs it has.
import type { Page } from '@playwright/test';
import type { App } from '../../support/app.ts';
import { press } from '../../support/sign_in.ts';
import type { Stack } from '../../support/stack.ts';
import { ada, expect, test, WAITS } from '../../support/test.ts';

const LOCK = 'claimcheck-events';

test('three tabs have one stream, and when the one that has it goes, another takes over', async ({ app, stack, elsewhere, guard }) => {
  guard.expectEnd();
  await app.signIn(ada);
  await expect.poll(() => streams(stack)).toBe(1);
  const [second, third] = [await app.anotherTab(), await app.anotherTab()];
  await second.open('/account');
  await third.open('/boards/reports');
  // All three have requested the lock by now, and one has it.
  await expect.poll(() => queue(third.page)).toEqual({ held: 1, pending: 2 });
  expect(streams(stack)).toBe(1);

  await app.page.close();
  await expect.poll(() => queue(third.page)).toEqual({ held: 1, pending: 1 });
  await expect.poll(() => streams(stack)).toBe(2);

  // All remaining tabs receive its events.
  await elsewhere.signIn(ada, '/sessions');
  await press(elsewhere.form('/api/end_other_sessions').getByRole('button'));
  for (const tab of [second, third] satisfies App[]) await tab.expectEnded('elsewhere', /ended/i);
  await expect.poll(() => streams(stack) - late(stack), 'and the one of the browser elsewhere').toBeLessThanOrEqual(4);
});

test('a stream that the server closes is opened again', WAITS, async ({ app, stack }) => {
  await app.signIn(ada);
  await expect.poll(() => streams(stack)).toBe(1);
  await stack.restart();
  await expect.poll(() => streams(stack), { timeout: 15_000 }).toBe(2);
  await expect(app.page.locator('html')).not.toHaveAttribute('data-ended', /./);
});

test('with scripts off nothing of it shows', async ({ app, browser, stack, guard }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  await guard.watch(context);
  const plain = app.inAnother(await context.newPage());
  await plain.page.goto(`${stack.app.origin}/account`);
  await plain.passProvider(ada);
  await plain.expectSignedIn(ada);
  await expect(plain.page.getByRole('heading', { level: 1 })).toBeVisible();
  // It is in the page, for scripts.
  await expect(plain.notice()).toBeAttached();
  await expect(plain.notice().filter({ visible: true })).toHaveCount(0);
  await expect(plain.ended().filter({ visible: true })).toHaveCount(0);
  expect(stack.app.count(({ path }) => path.startsWith('/auth/events'))).toBe(0);
  await context.close();
});

/** The streams that the app has answered so far. */
function streams(stack: Stack): number {
  return stack.app.count(({ path, status }) => path.startsWith('/auth/events') && status === 200);
}

/** Streams that only reported the end: on a busy machine, the next tab takes over before it learns of the end. */
function late(stack: Stack): number {
  return stack.app.count(({ path, body }) => path.startsWith('/auth/events') && body.startsWith('data: ended'));
}

/** The number of tabs of this browser that have the stream, and that wait for it. */
function queue(page: Page): Promise<{ held: number; pending: number }> {
  return page.evaluate(async (lock) => {
    const count = (all: LockInfo[] | undefined) => all?.filter(({ name }) => name === lock).length ?? 0;
    const { held, pending } = await navigator.locks.query();
    return { held: count(held), pending: count(pending) };
  }, LOCK);
}
