// Signing in at the provider, and what Claimcheck learns about the user. `@smoke` is the scenario of a short run.
import { ada, expect, note, test } from '../support/test.ts';

test('sign-in and claims', { tag: '@smoke' }, async ({ visitor, page, rig }) => {
  await rig.serve();
  await visitor.signIn(ada);
  await visitor.expectOrders();
  const call = rig.api.calls.at(-1)!;
  expect(call.status).toBe(200);
  note(`aud of the access token: ${[call.claims.aud].flat().join(', ')}`);

  await visitor.open('/account');
  await expect(page.getByRole('main').getByText(ada.email).first()).toBeVisible();

  // No token reached the browser: one cookie, and nothing in the page.
  const secrets = rig.tokenRequests('authorization_code').flatMap(({ body }) => Object.values(JSON.parse(body) as object));
  const tokens = secrets.filter((secret): secret is string => typeof secret === 'string' && secret.length > 100);
  expect(tokens.length).toBeGreaterThan(1);
  const seen = (await page.content()) + JSON.stringify(await page.context().cookies(rig.app.origin));
  for (const token of tokens) expect(seen.includes(token)).toBe(false);
});
