// Passing each provider's own pages.
import { expect, type Locator, type Page } from '@playwright/test';
import { CODE, PASSWORD, type Person } from './providers.ts';
import type { Stack } from './stack.ts';

/** From the provider's first page to the app: credentials, one-time code and consent, if requested. */
export async function passProvider(page: Page, stack: Stack, person: Person): Promise<void> {
  const allow = page.getByRole('button', { name: 'Allow' });
  // A page of oidc-provider that goes on by script, before another account signs in.
  const goOn = page.locator('noscript').getByRole('button', { name: 'Continue' });
  while (atProvider(page, stack)) {
    await expect(signInButton(page).or(allow).or(codeField(page)).or(goOn)).toBeVisible();
    if (await goOn.isVisible()) {
      await press(goOn);
    } else if (await allow.isVisible()) {
      await press(allow);
    } else if (await codeField(page).isVisible()) {
      await enterCode(page);
    } else {
      await enterCredentials(page, stack, person);
    }
  }
}

export async function enterCredentials(page: Page, stack: Stack, person: Person): Promise<void> {
  if (stack.kind === 'demo') {
    // A list of users: each card signs in at once.
    await press(page.getByRole('button', { name: person.name }));
  } else {
    await page.getByLabel('User name').fill(person.username);
    await page.getByLabel('Password').fill(PASSWORD);
    await press(signInButton(page));
  }
}

/** On the page for the second factor. */
export async function enterCode(page: Page, code = CODE): Promise<void> {
  await codeField(page).fill(code);
  await press(page.getByRole('button', { name: 'Confirm' }));
}

export function codeField(page: Page) {
  return page.getByLabel('One-time code');
}

/** Refuses on the provider's page: "Cancel" at the sign-in, "Deny" at the consent. */
export async function refuse(page: Page, answer: 'Cancel' | 'Deny'): Promise<void> {
  await press(page.getByRole('button', { name: answer }));
}

/**
 * From the app's sign-out page back to the app, pressing the provider's button if it has one. The app's page goes on by
 * itself, with and without scripts.
 */
export async function passSignOut(page: Page, stack: Stack): Promise<void> {
  const status = page.getByRole('status').filter({ hasText: 'You’re signed out' });
  const button = page.getByRole('button', { name: /^Sign out$/ });
  for (;;) {
    await expect(status.or(button)).toBeVisible();
    if (await status.isVisible()) break;
    await press(button);
  }
  expect(atProvider(page, stack)).toBe(false);
}

export function signInButton(page: Page) {
  return page.getByRole('button', { name: 'Sign in', exact: true });
}

export function atProvider(page: Page, stack: Stack): boolean {
  return page.url().startsWith(stack.provider.origin);
}

/** Presses something that opens another document, and waits until that has loaded. */
export async function press(target: Locator): Promise<void> {
  const page = target.page();
  await Promise.all([page.waitForEvent('framenavigated'), target.click()]);
  await page.waitForLoadState('domcontentloaded');
}
