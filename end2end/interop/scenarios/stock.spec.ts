// A second API with a token of its own, in the way that the provider's page describes.
import { setTimeout as sleep } from 'node:timers/promises';
import { ada, expect, needs, note, test } from '../support/test.ts';

const SHORT_SECS = 4;

test('a second API with its own token', async ({ visitor, rig }) => {
  needs(rig, 'stock');
  await rig.serve({ boards: rig.registered.stock?.settings ?? '' });
  await rig.provider.setAccessTokenSecs(SHORT_SECS);
  await visitor.signIn(ada);
  await visitor.expectOrders();
  const orders = rig.api.calls.at(-1)!;

  await visitor.open('/boards/stock');
  await expect(visitor.panel('Stock').rows.first()).toContainText('stock-1');
  const stock = rig.api.calls.at(-1)!;
  expect(stock.api).toBe('stock');
  expect(stock.token).not.toBe(orders.token);
  const audiences = (call: typeof stock) => [call.claims.aud].flat();
  expect(audiences(stock)).toContain(rig.registered.stock?.audience);
  expect(audiences(stock)).not.toContain(rig.registered.audience);
  expect(audiences(orders)).not.toContain(rig.registered.stock?.audience);
  note(`aud: ${audiences(orders).join(', ')}; of the second API: ${audiences(stock).join(', ')}`);

  // Both tokens end, and both come again.
  await sleep(SHORT_SECS * 1_000 + 300);
  await visitor.open('/boards/stock');
  await expect(visitor.panel('Stock').rows.first()).toContainText('stock-1');
  expect(rig.api.calls.at(-1)!.token).not.toBe(stock.token);
  await visitor.open('/boards/orders');
  await visitor.expectOrders();
  // No API ever saw the token of the other one.
  const tokens = (api: typeof stock.api) => new Set(rig.api.calls.filter((call) => call.api === api).map(({ token }) => token));
  for (const token of tokens('orders')) expect(tokens('stock').has(token)).toBe(false);
  expect(rig.api.calls.every(({ status }) => status === 200)).toBe(true);
});
