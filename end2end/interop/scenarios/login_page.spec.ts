// Login pages that wait: one that was left open too long, and one that another tab overtook.
import { setTimeout as sleep } from 'node:timers/promises';
import { Visitor } from '../support/pages.ts';
import type { Rig } from '../support/rig.ts';
import { ada, needs, note, test } from '../support/test.ts';

const LOGIN_SECS = 3;

test('a login page left open too long', async ({ visitor, page, rig }) => {
  needs(rig, 'login-timeout');
  await rig.serve();
  await rig.provider.setLoginSecs(LOGIN_SECS);
  await visitor.open('/boards/orders?x=1');
  await rig.provider.expectLogin(page);
  await sleep(LOGIN_SECS * 1_000 + 1_500);
  await rig.provider.setLoginSecs(600);
  // The first attempt is too late; the provider or Claimcheck starts again, and the second one leads to the page.
  await rig.provider.signIn(page, ada);
  if (!page.url().startsWith(rig.app.origin)) await rig.provider.signIn(page, ada);
  await visitor.expectAt('/boards/orders?x=1');
  await visitor.expectOrders();
  note(callbacks(rig));
});

for (const scripts of [true, false]) {
  // With scripts, a page of the provider may notice the sign-in in the other tab by itself.
  const suffix = scripts ? '' : ', without scripts';
  test.describe(`scripts ${scripts}`, () => {
    test.use({ javaScriptEnabled: scripts });
    test(`a stale tab at the login page${suffix}`, async ({ visitor, rig }) => staleTab(visitor, rig));
  });
}

async function staleTab(visitor: Visitor, rig: Rig): Promise<void> {
  needs(rig, 'stale-tab');
  await rig.serve();
  const stale = await visitor.anotherTab();
  await visitor.open('/boards/orders');
  await rig.provider.expectLogin(visitor.page);
  await stale.open('/boards/finance');
  await rig.provider.expectLogin(stale.page);
  await visitor.passLogin(ada, '/boards/orders');

  // The provider's page may have noticed by itself; otherwise the user fills it in.
  await stale.page.bringToFront();
  if (!stale.page.url().startsWith(rig.app.origin)) await rig.provider.signIn(stale.page, ada);
  await stale.expectAt('/boards/finance');
  await stale.expectOrders();
  note(callbacks(rig));
}

test('a stale tab whose login page is too old', async ({ browser, rig, guard }) => {
  needs(rig, 'stale-tab');
  needs(rig, 'login-timeout');
  await rig.serve();
  await rig.provider.setLoginSecs(LOGIN_SECS);
  // Without scripts, the provider's page cannot notice the sign-in by itself.
  const context = await browser.newContext({ javaScriptEnabled: false });
  await guard.watch(context);
  const [visitor, stale] = [new Visitor(await context.newPage(), rig), new Visitor(await context.newPage(), rig)];
  await stale.open('/boards/finance');
  await rig.provider.expectLogin(stale.page);
  await visitor.open('/boards/orders');
  await visitor.passLogin(ada, '/boards/orders');
  await sleep(LOGIN_SECS * 1_000 + 1_500);
  await rig.provider.signIn(stale.page, ada);
  await stale.expectAt('/boards/finance');
  await stale.expectOrders();
  note(callbacks(rig));
  await context.close();
});

/** What the provider sent back with each callback: a code or an error. */
function callbacks(rig: Rig): string {
  const paths = rig.app.exchanges.map(({ path }) => path).filter((path) => path.startsWith('/auth/callback'));
  return `callbacks: ${paths.map((path) => /error=[^&]*/.exec(path)?.[0] ?? 'code').join(', ')}`;
}
