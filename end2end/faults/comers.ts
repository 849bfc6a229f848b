// People who come and go: each signs in, has one tab open, and is signed out in one of all ways, which the tab is told.
// And people who come and never sign in.
import http from 'node:http';
import { Browser } from '../figures/support/browser.ts';
import { start } from '../figures/support/sign_in.ts';
import { BOARD } from './boards.ts';
import { logOutByBackChannel, logOutByFrontChannel, signOut } from './logout.ts';
import { Person } from './people.ts';
import type { App, World } from './world.ts';

/** A tab is told within this time, also at another process than the one that ended the session. */
const TOLD_WITHIN_MS = 10_000;

const WAYS: { name: string; end: (world: World, person: Person) => Promise<unknown> }[] = [
  { name: 'sign-out', end: signOut },
  { name: 'back-channel logout of a session', end: (world, person) => logOutByBackChannel(world, person, 'session') },
  { name: 'back-channel logout of a person', end: (world, person) => logOutByBackChannel(world, person, 'person') },
  { name: 'front-channel logout', end: logOutByFrontChannel },
  { name: 'end by a command', end: (world, { name }) => world.command('sessions', 'end', '--sub', name) },
];

/** What is promised to happen at least once. */
export const LEAVINGS = [...WAYS.map(({ name }) => name), 'visit without a sign-in'];

let comers = 0;

/** Somebody comes, and leaves in the way whose turn it is. */
export async function comeAndGo(world: World, app: App): Promise<string> {
  const number = comers++;
  const { name, end } = WAYS[number % WAYS.length]!;
  const person = await new Person(`comer-${number}`).signIn(world);
  const { sight } = await person.look(world);
  if (sight !== 'data') return `${name}: sees ${sight} at first`;
  const { told } = await openTab(world, person, app);
  await end(world, person);
  if (!(await told)) return `${name}: the tab was not told`;
  const { sight: last } = await person.look(world);
  return last === 'signed out' ? `${name} done` : `${name}: sees ${last} in the end`;
}

/** Somebody reads the first page, begins a sign-in, and leaves. */
export async function visit(world: World): Promise<string> {
  const browser = new Browser();
  const home = await browser.get(`${world.url}/`);
  await start(browser, { origin: world.url }, BOARD);
  return home.status === 200 ? 'visit without a sign-in done' : `first page with status ${home.status}`;
}

/** An event stream that has begun; `told` says whether it was told that the session has ended. */
async function openTab(world: World, person: Person, { port }: App): Promise<{ told: Promise<boolean> }> {
  const { pathname, host } = new URL(`${world.url}/auth/events`);
  const fetching = { accept: 'text/event-stream', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
  const headers = { host, cookie: person.cookies(world), ...fetching };
  const request = http.get({ host: '127.0.0.1', port, path: pathname, headers, agent: false });
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => request.once('response', resolve).once('error', reject));
  if (answer.statusCode !== 200) throw new Error(`an event stream was answered with ${answer.statusCode}`);
  // From now on, it ends when it is cut off, too.
  request.on('error', () => {});
  const told = new Promise<boolean>((resolve) => {
    let text = '';
    const late = setTimeout(() => resolve(false), TOLD_WITHIN_MS);
    answer.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (/^data: ?ended/m.test(text)) resolve(true);
    });
    answer.on('error', () => resolve(false));
    answer.once('close', () => {
      clearTimeout(late);
      resolve(false);
    });
  }).finally(() => request.destroy());
  return { told };
}
