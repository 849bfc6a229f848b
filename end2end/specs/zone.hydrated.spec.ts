// If the provider does not know the user's time zone, times are shown in that of the browser, from the second page on.
import { ada, expect, sam, test } from '../support/test.ts';

test.use({ locale: 'en-GB', timezoneId: 'Asia/Tokyo' });

test('the zone of the browser is remembered, and times are no longer marked', async ({ app, page }) => {
  await app.signIn(sam, '/account');
  const since = page.locator('dd time').first();
  await expect(since).toHaveText(/ UTC$/);
  await app.open('/account');
  const at = new Date((await since.getAttribute('datetime')) ?? '');
  await expect(since).toHaveText(
    at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Asia/Tokyo' }),
  );
});

test('what the provider says counts before the browser', async ({ app, page }) => {
  await app.signIn(ada, '/account');
  await app.open('/account');
  const since = page.locator('dd time').first();
  const at = new Date((await since.getAttribute('datetime')) ?? '');
  await expect(since).toHaveText(
    at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Europe/London' }),
  );
});
