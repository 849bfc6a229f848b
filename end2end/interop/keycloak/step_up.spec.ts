// A board whose API demands `acr`: Keycloak's levels of authentication, with a one-time code for the stronger one.
import type { Person } from '../support/provider.ts';
import { expect, note, test } from '../support/test.ts';
import { enterCode } from './login.ts';
import { OTP_SECRET, type Keycloak } from './provider.ts';

/** Has a one-time code at Keycloak. */
const mei: Person = { username: 'mei', name: 'Mei Tanaka', email: 'mei.tanaka@harbour.example', password: 'interop-mei' };
const VAULT = `
[[board]]
id = "vault"
title = "Vault"

[[board.panel]]
title = "Vault"
kind = "table"
get = "/vault"
rows = "$.items[*]"
`;

test('step-up with acr', async ({ visitor, page, rig, guard }) => {
  test.setTimeout(120_000);
  guard.expectStatus(403, /^\/boards\/vault/);
  const keycloak = rig.provider as Keycloak;
  await keycloak.run('Step-up');
  await keycloak.createUser(mei, true);
  await rig.serve({ boards: VAULT });

  // The first sign-in is at the lower level: the password only.
  await visitor.signIn(mei, '/boards/orders');
  await visitor.expectOrders();
  const first = rig.api.calls.at(-1)!.claims.acr;

  await visitor.open('/boards/vault');
  const panel = visitor.panel('Vault');
  await panel.region.getByRole('link', { name: /sign in|confirm|continue|stronger/i }).or(panel.region.getByRole('button')).first().click();
  await enterCode(page, OTP_SECRET);
  await visitor.expectAt('/boards/vault');
  await expect(panel.rows.first()).toContainText('orders-1');
  const second = rig.api.calls.at(-1)!.claims.acr;
  expect([first, second]).toEqual(['silver', 'gold']);
  note(`acr of the access token: ${first}, after the step-up ${second}`);

  // Other boards go on in the same session.
  await visitor.open('/boards/orders');
  await visitor.expectOrders();
});
