// The ways in which a session ends: by the person, and by the provider through the back or the front channel.
import { Browser } from '../figures/support/browser.ts';
import type { Person } from './people.ts';
import type { World } from './world.ts';

/** The provider's server says that a session of it has ended, or all of a person's. */
export async function logOutByBackChannel(world: World, person: Person, of: 'session' | 'person'): Promise<void> {
  const body = new URLSearchParams({ logout_token: world.provider.logoutToken(person.name, of) }).toString();
  // A server, not a browser: none of the headers by which browsers tell where a request comes from.
  const answer = await fetch(`${world.url}/auth/back-channel-logout`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`a logout token was answered with ${answer.status}`);
}

/** The provider's sign-out page loads a frame of the app. */
export async function logOutByFrontChannel(world: World, { name }: Person): Promise<void> {
  const { issuer } = world.provider;
  const query = new URLSearchParams({ iss: issuer, sid: world.provider.sidOf(name) });
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
  const { status } = await new Browser().send('GET', `${world.url}/auth/front-channel-logout?${query}`, headers);
  if (status !== 200) throw new Error(`a front-channel logout was answered with ${status}`);
}

/** The person signs out here and at the provider. */
export async function signOut(world: World, { browser }: Person): Promise<void> {
  const { status } = await browser.post(`${world.url}/auth/sign-out`, {});
  if (status !== 200) throw new Error(`a sign-out was answered with ${status}`);
}
