// `test` with a stack, a guarded browser and the app: imported by every spec.
import { test as base, expect } from '@playwright/test';
import { App } from './app.ts';
import { Guard } from './guard.ts';
import type { ProviderKind } from './providers.ts';
import type { Mount } from './proxy.ts';
import { Stack } from './stack.ts';
import { Authority } from './tls.ts';

export interface Options {
  provider: ProviderKind;
  /** The lifetime of an access token. */
  accessTokenSecs: number;
  /** Additional scopes that every sign-in requests. */
  moreScopes: string;
  /** The files with the app's boards, from this folder, with spaces between them; `API_ORIGIN` is replaced by the API's. */
  settings: string;
  /** Whether app and provider are behind TLS, as in production. */
  tls: boolean;
  /** The path of the app, if it shares its origin with another application. */
  below: Mount | undefined;
}

interface Fixtures {
  app: App;
  /** Whether scripts run and islands are hydrated. */
  hydrated: boolean;
  guard: Guard;
  /** The app in another browser without a session, like another device. */
  elsewhere: App;
}

export const test = base.extend<Fixtures, Options & { authority: Authority | undefined; stack: Stack }>({
  provider: ['demo', { option: true, scope: 'worker' }],
  accessTokenSecs: [600, { option: true, scope: 'worker' }],

  moreScopes: ['', { option: true, scope: 'worker' }],

  settings: ['boards.toml', { option: true, scope: 'worker' }],

  tls: [false, { option: true, scope: 'worker' }],

  below: [undefined, { option: true, scope: 'worker' }],

  authority: [
    async ({ tls }, use) => {
      const authority = tls ? await Authority.make() : undefined;
      await use(authority);
      await authority?.forget();
    },
    { scope: 'worker' },
  ],

  launchOptions: [
    async ({ launchOptions, authority }, use) => {
      const args = [...(launchOptions.args ?? []), ...(authority ? [authority.chromiumArgument()] : [])];
      await use({ ...launchOptions, args });
    },
    { scope: 'worker' },
  ],

  stack: [
    async ({ provider, accessTokenSecs, moreScopes, settings, authority, below }, use) => {
      const stack = await Stack.start(provider, accessTokenSecs, authority, moreScopes, settings, below);
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 30_000 },
  ],

  hydrated: async ({ javaScriptEnabled }, use) => use(javaScriptEnabled ?? true),

  guard: [
    async ({ context, stack }, use, testInfo) => {
      await stack.reset();
      const guard = new Guard();
      await guard.watch(context);
      await use(guard);
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('output.txt', { body: stack.output() });
      }
      expect(guard.problems, 'what the browser complained about').toEqual([]);
    },
    { auto: true },
  ],

  app: async ({ page, stack, hydrated }, use) => use(new App(page, stack, hydrated)),

  elsewhere: async ({ browser, stack, hydrated, guard }, use) => {
    const context = await browser.newContext();
    await guard.watch(context);
    await use(new App(await context.newPage(), stack, hydrated));
    await context.close();
  },
});

/**
 * Marks a test that mostly waits for time to pass. Only one of these runs at a time, in any file and project, so that the
 * other workers keep the processors busy.
 */
export const WAITS = { lock: 'time' };

/**
 * Marks the few tests that share unusual settings. They run one at a time, so that one worker starts that stack, not
 * all of them.
 */
export const FEW = { lock: 'few' };

export { expect };
export { ada, jonas, sam } from './providers.ts';
