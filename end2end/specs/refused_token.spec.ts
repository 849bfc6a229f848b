// An access token that the API refuses although it looks valid.
import { ada, expect, test } from '../support/test.ts';

test('an API that refuses a token that looks valid gets a fresh one, once', async ({ app, stack }) => {
  await app.signIn(ada);
  const before = stack.refreshes();
  stack.api.play({ kind: 'status', status: 401 });
  await app.open('/boards/orders');
  await app.expectSignedIn(ada);
  await expect(app.panel('Orders').tryAgain()).toBeVisible();
  expect(stack.refreshes() - before).toBe(1);
});
