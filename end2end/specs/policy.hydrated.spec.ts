// The content security policy in a real browser: content injected into a page does not run.
import { ada, expect, test } from '../support/test.ts';

const INTRUDERS = `
  <script>document.documentElement.dataset.intruder = 'a script'</script>
  <script nonce="">document.documentElement.dataset.intruder = 'a script with a nonce of nothing'</script>
  <script src="data:text/javascript,document.documentElement.dataset.intruder='a file'"></script>
  <img src="/nothing.png" alt="" onerror="document.documentElement.dataset.intruder = 'a handler'">
  <base href="https://evil.example/">`;

test('HD-02 what has not the nonce of its answer does not run, and what has it does', async ({ app, page, guard }) => {
  await app.signIn(ada);
  guard.expectStatus(404, /nothing\.png/);
  guard.expectViolations();
  await page.route('**/account', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('</main>', `${INTRUDERS}</main>`) });
  });
  await app.open('/account');
  await expect.poll(() => guard.violations.length).toBeGreaterThanOrEqual(5);
  await expect(page.locator('html')).not.toHaveAttribute('data-intruder');
  expect(await page.evaluate(() => document.baseURI)).toBe(page.url());
  await app.userMenu(ada).click();
  await expect(page.getByRole('link', { name: 'Account' })).toBeVisible();
});
