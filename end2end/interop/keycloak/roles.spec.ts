// The two places of roles at Keycloak: the access token, which Claimcheck reads by setting, and the ID token, by mappers.
import type { Page } from '@playwright/test';
import type { Rig } from '../support/rig.ts';
import { ada, expect, note, test } from '../support/test.ts';
import type { Keycloak } from './provider.ts';

const BOARDS = ['/boards/finance', '/boards/audit'];
const WITHOUT = { CLAIMCHECK_ACCESS_TOKEN_ROLES: 'off' };

test('roles of realm and client, from the access token by setting', async ({ visitor, page, rig, guard }) => {
  guard.expectStatus(403, /^\/boards\//);
  await rig.serve({ env: WITHOUT });
  await visitor.signIn(ada, '/account');
  for (const path of BOARDS) expect(await opens(page, rig, path), `${path} without the setting`).toBe(false);

  await rig.serve();
  await page.context().clearCookies();
  await visitor.signIn(ada, '/account');
  for (const path of BOARDS) expect(await opens(page, rig, path), `${path} with the setting`).toBe(true);
  note('realm role finance, client role auditor');
});

test('roles of realm and client, from the ID token by mappers', async ({ visitor, page, rig }) => {
  const keycloak = rig.provider as Keycloak;
  await keycloak.run('Roles in the ID token');
  await rig.serve({ env: WITHOUT });
  await visitor.signIn(ada, '/account');
  for (const path of BOARDS) expect(await opens(page, rig, path), path).toBe(true);
  note('realm role finance, client role auditor');
});

async function opens(page: Page, rig: Rig, path: string): Promise<boolean> {
  await page.goto(rig.app.origin + path);
  return (await page.getByRole('table').count()) > 0;
}
