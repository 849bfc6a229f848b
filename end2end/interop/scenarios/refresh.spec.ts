// Access tokens that end while they are in use: rotation, reuse of an old refresh token, and many loads at once.
import { setTimeout as sleep } from 'node:timers/promises';
import { reuse } from '../support/token_endpoint.ts';
import { ada, expect, jonas, note, test } from '../support/test.ts';

const SHORT_SECS = 4;
const LONG_SECS = 300;
const LOADS = 50;

test('refresh with rotation', async ({ visitor, rig }) => {
  await rig.serve();
  await rig.provider.rotateRefreshTokens();
  await rig.provider.setAccessTokenSecs(SHORT_SECS);
  await visitor.signIn(ada);
  const tokens = new Set([rig.lastRefreshToken()]);
  for (const round of [1, 2, 3]) {
    await sleep(SHORT_SECS * 1_000 + 300);
    await visitor.open('/boards/orders');
    await visitor.expectOrders();
    tokens.add(rig.lastRefreshToken());
    expect(tokens.size, `refresh tokens after round ${round}`).toBe(round + 1);
  }
  const { granted, refused } = await rig.provider.refreshes();
  expect(refused).toBe(0);
  note(`${granted} refreshes, ${tokens.size} refresh tokens`);
});

test('reuse of an old refresh token', async ({ visitor, rig, guard }) => {
  guard.expectEnd();
  await rig.serve();
  await rig.provider.rotateRefreshTokens();
  await rig.provider.setAccessTokenSecs(SHORT_SECS);
  await visitor.signIn(ada, '/boards/orders?x=1');
  const old = rig.lastRefreshToken();
  await sleep(SHORT_SECS * 1_000 + 300);
  await visitor.open('/boards/orders?x=1');
  await visitor.expectOrders();
  expect(rig.lastRefreshToken()).not.toBe(old);

  const answer = await reuse(rig, old);
  note(`reuse answered with ${answer.status} ${answer.error}`);
  expect(answer.error).toBe('invalid_grant');

  // The provider has ended the grant; the next refresh leads to a sign-in, and the sign-in leads back.
  await sleep(SHORT_SECS * 1_000 + 300);
  await visitor.open('/boards/orders?x=1');
  note(await visitor.passSignIn(ada, '/boards/orders?x=1'));
  await visitor.expectOrders();
  expect(rig.tokenRequests('authorization_code')).toHaveLength(2);
  expect(rig.log()).toContain('refresh refused: ');
});

test(`${LOADS} parallel loads at expiry`, async ({ visitor, elsewhere, rig }) => {
  await rig.serve();
  await rig.provider.rotateRefreshTokens();
  await rig.provider.setAccessTokenSecs(SHORT_SECS);
  await visitor.signIn(ada);
  await elsewhere.signIn(jonas);
  // The open pages must not refresh by themselves.
  await visitor.page.goto('about:blank');
  await elsewhere.page.goto('about:blank');
  const before = await rig.provider.refreshes();
  // The tokens that the refreshes bring do not end during the test.
  await rig.provider.setAccessTokenSecs(LONG_SECS);
  await sleep(SHORT_SECS * 1_000 + 300);

  const load = ({ page }: typeof visitor) => page.context().request.get(`${rig.app.origin}/boards/orders`, { maxRedirects: 0 });
  const answers = await Promise.all([visitor, elsewhere].flatMap((session) => Array.from({ length: LOADS }, () => load(session))));
  expect(answers.map((answer) => answer.status())).toEqual(Array(2 * LOADS).fill(200));

  const after = await rig.provider.refreshes();
  const granted = after.granted - before.granted;
  note(`2 sessions, ${LOADS} loads each, at once: ${granted} refreshes seen by the provider, ${after.refused - before.refused} refused`);
  expect(granted, 'one refresh for each session').toBe(2);
  expect(after.refused).toBe(before.refused);
  for (const session of [visitor, elsewhere]) {
    await session.open('/boards/orders');
    await session.expectOrders();
  }
});
