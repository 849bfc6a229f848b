// `test` with a provider, the release binary and a browser: imported by every scenario. A project of the configuration
// names the provider. A scenario notes figures with `note`; they are in the summary beside its result.
import { test as base, expect } from '@playwright/test';
import { Guard } from '../../support/guard.ts';
import { Visitor } from './pages.ts';
import type { Ability, Provider } from './provider.ts';
import { Rig } from './rig.ts';

/** Only the chosen one is loaded: each may have packages of its own. */
const PROVIDERS: Record<string, () => Promise<Provider>> = {
  keycloak: async () => (await import('../keycloak/provider.ts')).startKeycloak(),
  auth0: async () => (await import('../auth0/provider.ts')).startAuth0(),
};
/** Starting a server and registering the client. */
const START_MS = 200_000;

export interface Options {
  server: string;
}

interface Fixtures {
  guard: Guard;
  /** A browser of its own, signed out. */
  visitor: Visitor;
  /** Another one. */
  elsewhere: Visitor;
}

export const test = base.extend<Fixtures, Options & { rig: Rig }>({
  server: ['keycloak', { option: true, scope: 'worker' }],

  rig: [
    async ({ server }, use) => {
      const rig = await Rig.start(PROVIDERS[server]!);
      await use(rig);
      await rig.stop();
    },
    { scope: 'worker', timeout: START_MS },
  ],

  guard: [
    async ({ context, rig }, use, testInfo) => {
      await rig.reset();
      test.info().annotations.push({ type: 'provider', description: rig.provider.name });
      const guard = new Guard();
      await guard.watch(context);
      await use(guard);
      if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('output.txt', { body: rig.output() });
      // The provider's own pages are not ours to judge.
      const ours = guard.problems.filter((problem) => problem.includes(rig.app.origin));
      expect(ours, 'what the browser complained about on our pages').toEqual([]);
    },
    { auto: true, timeout: 60_000 },
  ],

  visitor: async ({ page, rig }, use) => use(new Visitor(page, rig)),

  elsewhere: async ({ browser, rig, guard }, use) => {
    const context = await browser.newContext();
    await guard.watch(context);
    await use(new Visitor(await context.newPage(), rig));
    await context.close();
  },
});

/** Skips the test, with the reason, where the provider cannot do that. */
export function needs(rig: Rig, ability: Ability): void {
  const reason = rig.provider.lacks[ability];
  test.skip(reason !== undefined, reason);
}

/** A figure or a fact for the summary. */
export function note(text: string): void {
  test.info().annotations.push({ type: 'note', description: text });
}

export { expect };
export { ada, jonas } from './provider.ts';
