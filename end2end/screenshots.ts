// Full-page pictures of every page and state, on a phone and on a desktop, light and dark: `npm run screenshots -- FOLDER`.
import { join } from 'node:path';
import { App } from './support/app.ts';
import { ada, jonas, test } from './support/test.ts';

const FOLDER = process.env.SCREENSHOTS ?? 'screenshots';
const VIEWPORTS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

for (const [device, viewport] of Object.entries(VIEWPORTS)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(() => {
      test.use({ viewport, colorScheme });
      test.setTimeout(90_000);

      test(`pictures, ${device}, ${colorScheme}`, async ({ page, context, stack, guard }) => {
        for (const status of [400, 404]) guard.expectStatus(status);
        const app = new App(page, stack, true);
        const picture = (name: string) =>
          page.screenshot({ path: join(FOLDER, `${name}-${device}-${colorScheme}.png`), fullPage: true, animations: 'disabled' });
        const pictureOf = async (name: string, path: string) => {
          await app.open(path);
          await picture(name);
        };

        await pictureOf('home', '/');
        await pictureOf('problem', '/auth/callback');
        await pictureOf('not-found', '/no/such/page');
        await page.goto(`${stack.app.origin}/boards/orders`);
        await picture('provider-sign-in');
        await app.enterCredentials(ada);
        await picture('provider-consent');
        await app.passProvider(ada);
        await app.settled();
        await picture('board');
        await pictureOf('account', '/account');
        await app.userMenu(ada).click();
        await picture('user-menu');

        stack.api.play({ kind: 'slow', ms: 3_000 });
        await pictureOf('board-loading', '/boards/orders');
        await stack.api.down();
        await pictureOf('board-failing', '/boards/orders');
        await stack.api.heal();

        await app.open('/');
        await app.signOut(ada);
        await picture('home-signed-out');

        await context.clearCookies();
        await app.signIn(jonas, '/boards/reports');
        await picture('board-forbidden');
      });
    });
  }
}
