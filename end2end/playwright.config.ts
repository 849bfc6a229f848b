import { defineConfig, devices, type Project } from '@playwright/test';
import type { Options } from './support/test.ts';

const PROVIDERS = ['demo', 'oidc-provider'] as const;

/** Every spec runs against both providers, with scripts and without; `*.hydrated.spec.ts` needs them. */
const scenarios: Project<object, Options>[] = PROVIDERS.flatMap((provider) => [
  { name: `${provider} hydrated`, testDir: 'specs', use: { provider } },
  {
    name: `${provider} scripts-off`,
    testDir: 'specs',
    testIgnore: '*.hydrated.spec.ts',
    use: { provider, javaScriptEnabled: false },
  },
]);

export default defineConfig<object, Options>({
  projects: process.env.SCREENSHOTS
    ? [{ name: 'screenshots', testDir: '.', testMatch: 'screenshots.ts' }]
    : [{ name: 'selfcheck', testDir: 'selfcheck' }, ...scenarios],
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
