// A provider that redirects users over a third origin, at sign-in and at sign-out: every hop is checked against the
// policy of the page whose form or link started it (HD-03), and cookies are sent or not depending on the origin of a
// hop (SC-05).
import { passSignOut, press } from '../support/sign_in.ts';
import type { Stack } from '../support/stack.ts';
import { ada, expect, test as base } from '../support/test.ts';
import { ThirdOrigin, type Step } from '../support/third_origin.ts';

const test = base.extend<{ third: ThirdOrigin }>({
  third: async ({ stack, guard: _whatItComplainedAbout }, use) => {
    const third = await ThirdOrigin.start(stack.authority);
    await use(third);
    await third.stop();
  },
});

for (const step of ['redirect', 'form', 'link'] satisfies Step[]) {
  test(`HD-03 SC-05 a sign-in and a sign-out over another origin, by ${step}`, async ({ app, page, context, stack, third, hydrated }) => {
    stack.provider.leadAstray(await endpoints(stack), third.over(step));

    await page.goto(`${stack.app.origin}/boards/orders?x=1`);
    await third.pass(page, hydrated);
    await app.passProvider(ada);
    await app.expectAt('/boards/orders?x=1');
    await app.expectSignedIn(ada);
    await app.panel('Orders').expectRows();
    await app.settled();
    expect(third.visits, 'visits at sign-in').toBe(1);

    await app.userMenu(ada).click();
    await press(page.getByRole('button', { name: 'Sign out' }));
    await third.pass(page, hydrated);
    await passSignOut(page, stack);
    expect(third.visits, 'visits at sign-in and sign-out').toBe(2);
    expect(new URL(page.url()).pathname).toBe('/');
    await app.expectNothingPrivate();
    const session = /^(__Host-)?claimcheck$/;
    expect((await context.cookies(stack.app.origin)).filter(({ name }) => session.test(name))).toEqual([]);
  });
}

/** The paths of the provider's two endpoints that browsers are redirected to. */
async function endpoints(stack: Stack): Promise<string[]> {
  const answer = await fetch(`${stack.provider.upstream}/.well-known/openid-configuration`);
  const { authorization_endpoint, end_session_endpoint } = (await answer.json()) as Record<string, string>;
  return [authorization_endpoint, end_session_endpoint].map((address) => new URL(address!).pathname);
}
