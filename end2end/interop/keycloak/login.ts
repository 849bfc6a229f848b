// Keycloak's own pages.
import { expect, type Page } from '@playwright/test';
import { createHmac } from 'node:crypto';
import { press } from '../../support/sign_in.ts';
import type { Person } from '../support/provider.ts';

const PERIOD_SECS = 30;

export async function expectLogin(page: Page): Promise<void> {
  await expect(page.locator('#username')).toBeVisible();
  await expect(page.locator('#kc-login')).toBeVisible();
}

export async function logIn(page: Page, person: Person): Promise<void> {
  await expect(page.locator('#kc-login')).toBeVisible();
  // When a user authenticates again, Keycloak shows the name as text.
  const username = page.locator('#username');
  if (await username.isVisible()) await username.fill(person.username);
  await page.locator('#password').fill(person.password);
  await press(page.locator('#kc-login'));
}

/** The page for the one-time code. */
export async function enterCode(page: Page, secret: string): Promise<void> {
  await page.locator('#otp').fill(code(secret, Date.now()));
  await press(page.locator('#kc-login'));
}

/** The one-time code of RFC 6238, as authenticator apps show it. */
function code(secret: string, now: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 1_000 / PERIOD_SECS)));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac[mac.length - 1]! & 15;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}
