// The end of Keycloak's own session: it ends an ordinary refresh token, and not an offline token.
import { setTimeout as sleep } from 'node:timers/promises';
import { expectLogin } from './login.ts';
import { ada, expect, note, test } from '../support/test.ts';
import type { Keycloak } from './provider.ts';

const TOKEN_SECS = 4;
/** *SSO Session Max*. */
const SESSION_SECS = 6;

test('the end of the Keycloak session', async ({ visitor, page, rig, guard }) => {
  guard.expectEnd();
  const { admin } = rig.provider as Keycloak;
  await rig.serve();
  await admin.realmIs({ accessTokenLifespan: TOKEN_SECS, ssoSessionMaxLifespan: SESSION_SECS });
  await visitor.signIn(ada, '/boards/orders?x=1');
  await page.goto('about:blank');
  await sleep(SESSION_SECS * 1_000 + 1_500);
  await visitor.open('/boards/orders?x=1');
  await expectLogin(page);
  await admin.realmIs({ ssoSessionMaxLifespan: 36_000 });
  await visitor.passLogin(ada, '/boards/orders?x=1');
  await visitor.expectOrders();
});

test('an offline token outlives the Keycloak session', async ({ visitor, page, rig }) => {
  const keycloak = rig.provider as Keycloak;
  const scopes = /scopes = \[([^\]]*)\]/.exec(keycloak.settings('Refresh tokens'))![1]!.replaceAll(/[",]/g, '');
  await rig.serve({ env: { CLAIMCHECK_SCOPES: scopes } });
  await keycloak.admin.realmIs({ accessTokenLifespan: TOKEN_SECS, ssoSessionMaxLifespan: SESSION_SECS });
  await visitor.open('/boards/orders');
  await expectLogin(page);
  const asked = new URL(rig.provider.proxy.exchanges.find(({ path }) => path.includes('/auth?'))!.path, rig.provider.issuer);
  expect(asked.searchParams.get('prompt')).toBe('consent');
  await rig.provider.signIn(page, ada);
  await page.waitForLoadState();
  const hasConsent = !page.url().startsWith(rig.app.origin);
  if (hasConsent) await page.locator('#kc-login').click();
  await visitor.expectAt('/boards/orders');
  await visitor.expectOrders();

  await page.goto('about:blank');
  await sleep(SESSION_SECS * 1_000 + 1_500);
  await visitor.open('/boards/orders');
  await visitor.expectSignedIn(ada);
  await visitor.expectOrders();
  expect((await keycloak.refreshes()).granted).toBe(1);
  note(`with a refresh after the end; ${hasConsent ? 'Keycloak asked for consent' : 'Keycloak asked for no consent'}`);
});
