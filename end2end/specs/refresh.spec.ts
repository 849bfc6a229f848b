// Access tokens that expire while they are in use.
import { setTimeout as sleep } from 'node:timers/promises';
import { ada, expect, test, WAITS } from '../support/test.ts';
import type { Stack } from '../support/stack.ts';

const TTL_SECS = 5;
test.use({ accessTokenSecs: TTL_SECS });
test.describe.configure(WAITS);

test('a page goes on when its token has ended, with one refresh for each that ends', async ({ app, stack }) => {
  await app.signIn(ada);
  for (const round of [1, 2]) {
    const before = stack.refreshes();
    await expiry();
    await app.open('/boards/orders');
    await app.panel('Orders').expectRows();
    expect(stack.refreshes() - before, `refreshes of round ${round}`).toBe(1);
  }
  expect(stack.refusedRefreshes()).toBe(0);
});

test('twenty pages at once at the end of a token are one refresh', async ({ app, context, stack, hydrated }) => {
  test.skip(hydrated, 'the pages are only fetched: scripts take no part');
  await app.signIn(ada);
  const before = stack.refreshes();
  await expiry();
  const start = Date.now();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => context.request.get(`${stack.app.origin}/boards/orders`, { maxRedirects: 0 })),
  );
  expect(answers.map((answer) => answer.status())).toEqual(Array(20).fill(200));
  for (const answer of answers) expect(await answer.text()).toContain('</table>');
  // On a very slow machine, a second token may have expired in the meantime.
  expect(stack.refreshes() - before).toBeLessThanOrEqual(1 + Math.floor((Date.now() - start) / (TTL_SECS * 800)));
  expect(stack.refreshes() - before).toBeGreaterThanOrEqual(1);
  expect(stack.refusedRefreshes()).toBe(0);
});

test('a provider in trouble signs nobody out', async ({ app, stack, guard }) => {
  guard.expectStatus(503);
  await app.signIn(ada);
  const tokenPath = tokenEndpoint(stack);
  stack.provider.play({ kind: 'status', status: 503 }, new RegExp(`^${tokenPath}$`));
  await expiry();
  await app.open('/boards/orders');
  await app.expectSignedIn(ada);

  await stack.provider.heal();
  await expect(async () => {
    await app.open('/boards/orders');
    await expect(app.panel('Orders').rows.first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await app.expectSignedIn(ada);
});

test('a refresh the provider refuses for good leads to signing in again, and back', async ({ app, page, stack, guard }) => {
  guard.expectEnd();
  await app.signIn(ada, '/boards/orders?x=1');
  const refusal = { kind: 'status', status: 400, body: '{"error":"invalid_grant"}', contentType: 'application/json' } as const;
  stack.provider.play(refusal, new RegExp(`^${tokenEndpoint(stack)}$`));
  await expiry();
  await page.goto(`${stack.app.origin}/boards/orders?x=1`);
  await stack.provider.heal();
  await app.passProvider(ada);
  await app.expectAt('/boards/orders?x=1');
  await app.panel('Orders').expectRows();
});

async function expiry(): Promise<void> {
  await sleep(TTL_SECS * 1_000 + 300);
}

/** The path of the provider's token endpoint, as used by the sign-in. */
function tokenEndpoint(stack: Stack): string {
  return stack.provider.exchanges.find(({ form }) => form.grant_type)?.path ?? '/';
}
