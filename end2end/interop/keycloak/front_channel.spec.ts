// Front-channel logout: a sign-out at Keycloak, whose page loads a frame of Claimcheck.
import { press } from '../../support/sign_in.ts';
import { ada, expect, note, test } from '../support/test.ts';
import type { Keycloak } from './provider.ts';

test('front-channel logout', async ({ visitor, page, rig, guard }) => {
  guard.expectEnd();
  const keycloak = rig.provider as Keycloak;
  await keycloak.run('Front channel');
  try {
    await rig.serve();
    await visitor.signIn(ada);
    await visitor.expectOrders();

    const tab = await page.context().newPage();
    await tab.goto(`${rig.provider.issuer}/protocol/openid-connect/logout`);
    await press(tab.locator('#kc-logout'));
    await expect(page.locator('html')).toHaveAttribute('data-ended', 'provider');
    const framed = rig.app.exchanges.filter(({ path }) => path.startsWith('/auth/front-channel-logout?'));
    expect(framed.map(({ status }) => status)).toEqual([200]);
    note('a frame of Keycloak’s logout page, answered with 200');
  } finally {
    await keycloak.changeClient({ frontchannelLogout: false });
  }
  await visitor.open('/boards/orders');
  await visitor.passLogin(ada, '/boards/orders');
});
