// The interop tests: the release binary with providers as they are. `setup/interop.sh` fetches the servers and runs this;
// the browser tests of `make e2e` are another configuration.
import { defineConfig, devices, type PlaywrightTestOptions } from '@playwright/test';
import { LAUNCH_OPTIONS } from '../support/browser.ts';
import type { Options } from './support/test.ts';

/** What is left of the time of the whole run, in seconds. */
const SECS = Number(process.env.INTEROP_SECS ?? 600);

export default defineConfig<PlaywrightTestOptions, Options>({
  projects: [
    { name: 'keycloak', testMatch: ['scenarios/*.spec.ts', 'keycloak/*.spec.ts'], use: { server: 'keycloak' } },
    { name: 'auth0', testMatch: ['scenarios/*.spec.ts', 'auth0/*.spec.ts'], use: { server: 'auth0' } },
  ],
  outputDir: '../test-results/interop',
  // One worker for each server, because the scenarios change the server's settings.
  fullyParallel: false,
  workers: 1,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  globalTimeout: SECS * 1_000,
  expect: { timeout: 10_000 },
  reporter: [['./support/reporter.ts']],
  use: {
    ...devices['Desktop Chrome'],
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
    trace: 'off',
    launchOptions: LAUNCH_OPTIONS,
  },
});
