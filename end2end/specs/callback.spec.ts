// Invalid callbacks: late, repeated, forged.
import { ada, expect, test } from '../support/test.ts';
import type { Stack } from '../support/stack.ts';

test('a browser that lost its cookies on the way is sent round once more, and lands', async ({ app, page, context, stack }) => {
  await page.goto(`${stack.app.origin}/account`);
  await context.clearCookies({ domain: 'localhost' });
  await app.passProvider(ada);
  await app.expectAt('/account');
  await app.expectSignedIn(ada);
  expect(callbacks(stack)).toHaveLength(2);
});

test('a callback opened again while signed in goes on to the page', async ({ app, stack }) => {
  await app.signInThroughPages(ada, '/account');
  const exchanged = codeExchanges(stack);
  const response = await app.open(callbacks(stack)[0]!);
  expect(response.status()).toBe(200);
  await app.expectAt('/account');
  await app.expectSignedIn(ada);
  expect(codeExchanges(stack)).toBe(exchanged);
});

test('a callback with a state that was tampered with is refused, and says what to do', async ({ app, context, stack, guard }) => {
  guard.expectStatus(400, /^\/auth\/callback/);
  await app.signInThroughPages(ada);
  const exchanged = codeExchanges(stack);
  const callback = new URL(callbacks(stack)[0]!, stack.app.origin);
  const state = callback.searchParams.get('state') ?? '';
  const middle = Math.floor(state.length / 2);
  const other = state[middle] === 'A' ? 'B' : 'A';
  callback.searchParams.set('state', state.slice(0, middle) + other + state.slice(middle + 1));

  await context.clearCookies({ domain: 'localhost' });
  await app.open(callback.pathname + callback.search);
  await app.expectProblemPage();
  expect(codeExchanges(stack)).toBe(exchanged);
});

test('a forged callback leaves who is signed in signed in', async ({ app }) => {
  await app.signInThroughPages(ada);
  const response = await app.open('/auth/callback?code=forged&state=forged');
  expect(response.status()).toBe(200);
  await app.expectSignedIn(ada);
});

for (const query of ['', '?error=server_error', '?code=forged&state=forged']) {
  test(`a bare callback ${query} is a problem page`, async ({ app, guard, stack }) => {
    guard.expectStatus(400, /^\/auth\/callback/);
    await app.open(`/auth/callback${query}`);
    await app.expectProblemPage();
    expect(codeExchanges(stack)).toBe(0);
  });
}

/** Path and query of every callback so far. */
function callbacks(stack: Stack): string[] {
  return stack.app.exchanges.map(({ path }) => path).filter((path) => path.startsWith('/auth/callback'));
}

function codeExchanges(stack: Stack): number {
  return stack.provider.count(({ form }) => form.grant_type === 'authorization_code');
}
