import { defineConfig, devices, type PlaywrightTestOptions, type Project } from '@playwright/test';
import type { Options } from './support/test.ts';

const PROVIDERS = ['demo', 'oidc-provider'] as const;

/** Whoever signed the person in: what a board shows is the same, and so is what becomes of a session here. */
const WITH_ONE = ['**/actions/{drafts,drawer,ship}*', '**/boards/*', '**/sessions/*'];

/**
 * Every spec runs against both providers, with scripts and without; `*.hydrated.spec.ts` needs them, and those of boards
 * and sessions run against one.
 */
const scenarios: Project<PlaywrightTestOptions, Options>[] = PROVIDERS.flatMap((provider) => {
  const elsewhere = ['**/*.tls.spec.ts', ...(provider === 'demo' ? [] : WITH_ONE)];
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

/** What TLS could change, once more behind it: cookies, redirects between sites, what scripts load. */
const BEHIND_TLS = /(\.tls|alive\.hydrated|detour|restart|secrets|sign_in|sign_out)\.spec\.ts$/;

const productionLike: Project<PlaywrightTestOptions, Options>[] = [
  { name: 'demo tls', testDir: 'specs', testMatch: BEHIND_TLS, use: { provider: 'demo', tls: true } },
  {
    name: 'oidc-provider tls scripts-off',
    testDir: 'specs',
    testMatch: BEHIND_TLS,
    testIgnore: '**/*.hydrated.spec.ts',
    use: { provider: 'oidc-provider', tls: true, javaScriptEnabled: false },
  },
];

export default defineConfig<PlaywrightTestOptions, Options>({
  projects: process.env.SCREENSHOTS
    ? [{ name: 'screenshots', testDir: '.', testMatch: 'screenshots.ts' }]
    : [{ name: 'selfcheck', testDir: 'selfcheck' }, ...scenarios, ...productionLike],
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  timeout: 45_000,
  expect: { timeout: 8_000 },
  reporter: [['list'], ['./support/reporter.ts']],
  use: {
    ...devices['Desktop Chrome'],
    actionTimeout: 8_000,
    navigationTimeout: 10_000,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
