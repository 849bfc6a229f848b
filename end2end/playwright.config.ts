import { defineConfig, devices, type PlaywrightTestOptions, type Project } from '@playwright/test';
import { LAUNCH_OPTIONS } from './support/browser.ts';
import type { Options } from './support/test.ts';

const PROVIDERS = ['demo', 'oidc-provider'] as const;

/** These specs do not depend on the provider, so they run against one. */
const WITH_ONE = [
  '**/{alive,policy,zone}.hydrated.spec.ts',
  '**/specs/{api_faults,language,pages,table}.spec.ts',
  '**/actions/{drafts,drawer,ship}*',
  '**/boards/*',
  '**/look/*',
  '**/rights/locked*',
  '**/sessions/*',
];

/** The app below a path of an origin that another application shares. */
const BELOW_A_PATH = '**/specs/path/*';

/**
 * Every spec runs against both providers, with scripts and without. `*.hydrated.spec.ts` needs scripts, and specs that cannot
 * see the provider run against one.
 */
const scenarios: Project<PlaywrightTestOptions, Options>[] = PROVIDERS.flatMap((provider) => {
  const elsewhere = ['**/*.tls.spec.ts', BELOW_A_PATH, ...(provider === 'demo' ? [] : WITH_ONE)];
  return [
    { name: `${provider} hydrated`, testDir: 'specs', testIgnore: elsewhere, use: { provider } },
    {
      name: `${provider} scripts-off`,
      testDir: 'specs',
      testIgnore: ['**/*.hydrated.spec.ts', ...elsewhere],
      use: { provider, javaScriptEnabled: false },
    },
  ];
});

/** Anything that TLS could change runs again behind TLS: cookies, redirects between sites, requests of scripts. */
const BEHIND_TLS = /(\.tls|details\.hydrated|detour|restart|secrets|sign_in|sign_out)\.spec\.ts$/;

const productionLike: Project<PlaywrightTestOptions, Options>[] = [
  { name: 'demo tls', testDir: 'specs', testMatch: BEHIND_TLS, use: { provider: 'demo', tls: true } },
  {
    name: 'oidc-provider tls scripts-off',
    testDir: 'specs',
    testMatch: BEHIND_TLS,
    // The tests of forwarded headers need neither a browser nor a provider.
    testIgnore: ['**/*.hydrated.spec.ts', '**/forwarded.tls.spec.ts'],
    use: { provider: 'oidc-provider', tls: true, javaScriptEnabled: false },
  },
];

/** Behind a proxy that keeps the path, and behind one that takes it off. */
const kept = { path: '/dash', strips: false };
const taken = { path: '/apps/dash', strips: true };
const belowAPath: Project<PlaywrightTestOptions, Options>[] = [
  { name: 'under a path', testDir: 'specs/path', use: { provider: 'demo', below: kept } },
  { name: 'under a path tls', testDir: 'specs/path', use: { provider: 'demo', below: taken, tls: true } },
  {
    name: 'under a path scripts-off',
    testDir: 'specs/path',
    testIgnore: '**/*.hydrated.spec.ts',
    use: { provider: 'demo', below: taken, javaScriptEnabled: false },
  },
];

export default defineConfig<PlaywrightTestOptions, Options>({
  projects: process.env.SCREENSHOTS
    ? [
        { name: 'screenshots', testDir: '.', testMatch: ['screenshots.ts', 'screenshots_demo.ts'], teardown: 'screenshots-check' },
        { name: 'screenshots-check', testDir: '.', testMatch: 'screenshots_check.ts' },
      ]
    : [...scenarios, ...productionLike, ...belowAPath, { name: 'selfcheck', testDir: 'selfcheck' }],
  fullyParallel: true,
  // More than the two processors of a small machine, because a test waits about as long as it computes.
  workers: 3,
  forbidOnly: !!process.env.CI,
  timeout: 45_000,
  expect: { timeout: 8_000 },
  reporter: [['list'], ['./support/reporter.ts']],
  use: {
    ...devices['Desktop Chrome'],
    actionTimeout: 8_000,
    navigationTimeout: 10_000,
    // `npm test` runs failed tests again with traces.
    trace: 'off',
    launchOptions: LAUNCH_OPTIONS,
  },
});
