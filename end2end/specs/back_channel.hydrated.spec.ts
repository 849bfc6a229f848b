// The provider ends a user's session and notifies the app: an open page shows it, wherever it is.
import { press } from '../support/sign_in.ts';
import { ada, expect, test } from '../support/test.ts';

const BACK_CHANNEL = '/auth/back-channel-logout';
const SOON_MS = 6_000;

test('LO-07 a sign-out at the provider ends the open page here', async ({ app, page, stack, guard }) => {
  guard.expectEnd();
  await app.signInThroughPages(ada, '/boards/orders?x=1');
  await app.panel('Orders').expectRows();
  await page.evaluate(() => {
    const own = window as unknown as { endedAt?: number };
    const observer = new MutationObserver(() => (own.endedAt ??= Date.now()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-ended'] });
  });
  await expect.poll(() => stack.app.count(({ path, status }) => path.startsWith('/auth/events') && status === 200)).toBe(1);

  const atProvider = await page.context().newPage();
  await atProvider.goto(await endSession(stack.provider.origin));
  await press(atProvider.getByRole('button', { name: 'Sign out' }));

  await app.expectEnded('provider', /provider/i);
  const told = stack.app.exchanges.filter(({ path }) => path === BACK_CHANNEL);
  expect(told.map(({ status }) => status)).toEqual([200]);
  const endedAt = await page.evaluate(() => (window as unknown as { endedAt: number }).endedAt);
  expect(endedAt - told[0]!.at, 'milliseconds until the page says so').toBeLessThan(SOON_MS);
  await app.checkPage();

  const tab = await app.signInAgain(ada);
  await tab.expectAt('/boards/orders?x=1');
  await tab.expectSignedIn(ada);
  await expect(page.locator('html')).not.toHaveAttribute('data-ended', /./);
});

/** Where the provider is asked by hand to end its session. */
async function endSession(issuer: string): Promise<string> {
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
  return ((await answer.json()) as { end_session_endpoint: string }).end_session_endpoint;
}
