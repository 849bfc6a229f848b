// A store that is unavailable for a while: the page shows it, and the same cookie works again when the store is back.
import { SERVED, StoreServer } from '../../support/stores.ts';
import { ada, expect, test as base, WAITS } from '../../support/test.ts';

const test = base.extend<{ server: (kind: (typeof SERVED)[number]) => Promise<StoreServer> }>({
  server: async ({ page, stack, guard: _whatItComplainedAbout }, use) => {
    let server: StoreServer | undefined;
    await use(async (kind) => (server = await StoreServer.start(kind)));
    // The next store does not know this page's session, about which the page would ask.
    await page.goto('about:blank');
    await stack.restart();
    await server?.end();
  },
});

for (const kind of SERVED) {
  test(`OP-11 ${kind} goes down and comes back`, WAITS, async ({ app, page, context, stack, guard, server }) => {
    test.setTimeout(120_000);
    guard.expectStatus(503);
    const store = await server(kind);
    await stack.restart({ CLAIMCHECK_STORE: store.fresh() });
    await app.signIn(ada, '/boards/orders?x=1');
    await app.panel('Orders').expectRows();
    const session = async () => (await context.cookies(stack.app.origin)).find(({ name }) => name === 'claimcheck')?.value;
    const before = await session();

    await store.down();
    const start = Date.now();
    const response = await page.goto(`${stack.app.origin}/boards/orders?x=1`);
    expect(response?.status()).toBe(503);
    expect(Date.now() - start, 'milliseconds until it says so').toBeLessThan(10_000);
    await expect(app.heading('Your session couldn’t be loaded')).toBeVisible();
    await expect(page.getByText('Reference', { exact: true })).toBeVisible();
    const again = page.getByRole('link', { name: 'Try again' });
    await expect(again).toHaveAttribute('href', '/boards/orders?x=1');
    await app.checkPage();
    expect((await fetch(`${stack.app.upstream}/health/ready`)).status).toBe(503);
    expect((await fetch(`${stack.app.upstream}/health/live`)).status).toBe(200);

    await store.up();
    const signIns = stack.provider.exchanges.length;
    await expect(async () => {
      expect((await app.open('/boards/orders?x=1')).status()).toBe(200);
    }).toPass({ timeout: 20_000 });
    await app.expectAt('/boards/orders?x=1');
    await app.expectSignedIn(ada);
    await app.panel('Orders').expectRows();
    expect(await session(), 'the same cookie').toBe(before);
    expect(stack.provider.exchanges.length, 'the provider was not asked').toBe(signIns);
  });
}
