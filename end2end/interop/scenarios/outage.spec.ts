// The provider changes or goes away while users are signed in.
import { setTimeout as sleep } from 'node:timers/promises';
import { ada, expect, jonas, needs, note, test } from '../support/test.ts';

const SHORT_SECS = 4;

test('restart of the provider in mid-session', async ({ visitor, rig, guard }) => {
  needs(rig, 'restart');
  test.setTimeout(150_000);
  guard.expectStatus(503);
  await rig.serve();
  await rig.provider.setAccessTokenSecs(SHORT_SECS);
  await visitor.signIn(ada);
  await visitor.expectOrders();

  await rig.provider.down();
  await sleep(SHORT_SECS * 1_000 + 300);
  await visitor.open('/boards/orders');
  await visitor.expectSignedIn(ada);
  await expect(visitor.panel('Orders').region).toContainText(/isn’t responding/);
  expect(await rig.sessions()).toBe(1);

  await rig.provider.up();
  await expect(async () => {
    await visitor.open('/boards/orders');
    await expect(visitor.panel('Orders').rows.first()).toContainText('orders-1', { timeout: 2_000 });
  }).toPass({ timeout: 45_000 });
  await visitor.expectSignedIn(ada);
  expect((await rig.provider.refreshes()).granted).toBeGreaterThan(0);
  note('the session survived, and was refreshed after the restart');
});

test('key rotation in mid-session', async ({ visitor, elsewhere, rig }) => {
  needs(rig, 'key-rotation');
  await rig.serve();
  await rig.provider.setAccessTokenSecs(SHORT_SECS);
  await visitor.signIn(ada);
  await visitor.expectOrders();
  const kid = keyOf(rig.api.calls.at(-1)!.token);

  await rig.provider.rotateKeys();
  await sleep(SHORT_SECS * 1_000 + 300);
  await visitor.open('/boards/orders');
  await visitor.expectOrders();
  const after = keyOf(rig.api.calls.at(-1)!.token);
  expect(after).not.toBe(kid);

  await elsewhere.signIn(jonas);
  await elsewhere.expectOrders();
  note(`refresh and sign-in with the new key; log: ${/event="refreshed ID token not used"[^\n]*/.exec(rig.log())?.[0] ?? 'nothing'}`);
});

function keyOf(token: string): string {
  return (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid;
}
