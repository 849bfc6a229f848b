// Token exchanges that Keycloak refuses.
import { ada, expect, note, test } from '../support/test.ts';
import type { Keycloak } from './provider.ts';

test('a refused token exchange', async ({ visitor, rig }) => {
  const keycloak = rig.provider as Keycloak;
  await keycloak.changeClient({ attributes: { 'standard.token.exchange.enabled': 'false' } });
  try {
    await rig.serve({ boards: rig.registered.stock?.settings ?? '' });
    await visitor.signIn(ada);
    await visitor.open('/boards/stock');
    const { region } = visitor.panel('Stock');
    await expect(region).toContainText('Stock');
    await expect(region.getByRole('table')).toHaveCount(0);
    const { status, body } = rig.tokenRequests('urn:ietf:params:oauth:grant-type:token-exchange').at(-1)!;
    const shown = (await region.innerText()).replaceAll(/\s+/g, ' ');

    // The session and the other boards go on.
    await visitor.open('/boards/orders');
    await visitor.expectSignedIn(ada);
    await visitor.expectOrders();
    note(`Keycloak answered ${status} ${(JSON.parse(body) as { error: string }).error}; the panel says: ${shown}`);
  } finally {
    await keycloak.changeClient({ attributes: { 'standard.token.exchange.enabled': 'true' } });
  }
});
