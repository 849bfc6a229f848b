// Mistakes at Keycloak that the page's table names: what the user sees, and what the log says.
import { ada, expect, note, test } from '../support/test.ts';
import type { Keycloak } from './provider.ts';

/** A mapper that adds an audience to the ID token, as the admin console offers it. */
const MAPPER = {
  name: 'audience in the ID token',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-audience-mapper',
  config: { 'included.custom.audience': 'https://other.example.com', 'access.token.claim': 'false', 'id.token.claim': 'true' },
};

test('a callback that is not registered', async ({ visitor, page, rig }) => {
  const keycloak = rig.provider as Keycloak;
  await keycloak.changeClient({ redirectUris: [`${rig.app.origin}/elsewhere`] });
  try {
    await rig.serve();
    await visitor.open('/boards/orders');
    await expect(page.locator('body')).toContainText('Invalid parameter: redirect_uri');
  } finally {
    await keycloak.changeClient({ redirectUris: [`${rig.app.origin}/auth/callback`] });
  }
});

test('a home page that is not registered for the sign-out', async ({ visitor, page, rig }) => {
  const keycloak = rig.provider as Keycloak;
  const uris = (uri: string) => ({ attributes: { 'post.logout.redirect.uris': uri } });
  await keycloak.changeClient(uris(`${rig.app.origin}/elsewhere`));
  try {
    await rig.serve();
    await visitor.signIn(ada);
    await visitor.menu(ada).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL(`${rig.provider.proxy.origin}/**`);
    await expect(page.locator('body')).toContainText('Invalid redirect uri');
    // The user was told before that the session here has ended, and it has.
    expect(await rig.sessions()).toBe(0);
  } finally {
    await keycloak.changeClient(uris(`${rig.app.origin}/`));
  }
});

test('a further audience in the ID token', async ({ visitor, page, rig, guard }) => {
  guard.expectStatus(502, /^\/auth\/callback/);
  guard.expectStatus(503, /^\/auth\/callback/);
  guard.expectStatus(400, /^\/auth\/callback/);
  const keycloak = rig.provider as Keycloak;
  const models = `/clients/${keycloak.client}/protocol-mappers/models`;
  await keycloak.admin.post(models, MAPPER);
  try {
    await rig.serve();
    await visitor.open('/boards/orders');
    await rig.provider.signIn(page, ada);
    await expect(page.getByText('Reference', { exact: true })).toBeVisible();
    expect(rig.log()).toContain('aud is not exactly this client');

    // The other remedy of the page.
    await rig.serve({ env: { CLAIMCHECK_TRUSTED_AUDIENCES: 'https://other.example.com' } });
    await visitor.open('/boards/orders');
    await visitor.passSignIn(ada, '/boards/orders');
    await visitor.expectOrders();
    note('refused, and accepted with trusted_audiences');
  } finally {
    const [mapper] = (await keycloak.admin.get<{ id: string; name: string }[]>(models)).filter(({ name }) => name === MAPPER.name);
    if (mapper) await keycloak.admin.delete(`${models}/${mapper.id}`);
  }
});
