// People with browsers, and what they see. All knowledge of the suite about the app's pages is here.
import { Browser, type Connecting, type Page } from '../figures/support/browser.ts';
import { callback, start } from '../figures/support/sign_in.ts';
import { BOARD } from './boards.ts';
import type { App, World } from './world.ts';

/** A page that takes longer counts as no answer. */
export const PATIENCE_MS = 20_000;

export type Sight =
  /** The page with the person's own rows. */
  | 'data'
  /** The page; its panel says that it is still loading, or what went wrong. */
  | 'panel without data'
  /** A designed page with status 503, which says what happened and offers a way on. */
  | 'unavailable'
  /** The person would have to sign in again. */
  | 'signed out'
  | 'no answer'
  | 'something else';

export interface Look {
  sight: Sight;
  status: number;
  ms: number;
  /** When the request began, in milliseconds of `performance.now()`. */
  at: number;
}

export class Person {
  readonly browser: Browser;

  constructor(readonly name: string, connecting: Connecting = {}) {
    this.browser = new Browser({ withinMs: PATIENCE_MS, ...connecting });
  }

  /** Signs in, at the provider without a page. */
  async signIn(world: World): Promise<this> {
    const asked = new URL(await start(this.browser, { origin: world.url }, BOARD));
    asked.searchParams.set('person', this.name);
    const answer = await fetch(asked, { redirect: 'manual' });
    await callback(this.browser, answer.headers.get('location') ?? '');
    return this;
  }

  /** Looks at a page of a process. */
  async look(world: World, path = BOARD, app: App = world.app): Promise<Look> {
    const at = performance.now();
    try {
      const page = await this.browser.get(world.url + path, app.port);
      return { sight: sight(page, this.name), status: page.status, ms: performance.now() - at, at };
    } catch {
      return { sight: 'no answer', status: 0, ms: performance.now() - at, at };
    }
  }

  cookies(world: World, path = BOARD): string {
    return this.browser.cookieHeader(world.url + path);
  }
}

function sight(page: Page, person: string): Sight {
  const { status, body } = page;
  if (Browser.onward(page) || status === 401) return 'signed out';
  if (status === 503) return body.includes('</h1>') && /<a [^>]*href=|<form/.test(body) ? 'unavailable' : 'something else';
  if (status !== 200 || !body.includes('Sign out')) return 'something else';
  return body.includes('<tbody') && body.includes(`>${person}<`) ? 'data' : 'panel without data';
}

/** Signs in this many people, each at an address of its own. */
export async function signInMany(world: World, count: number, name = 'person', atOnce = 8): Promise<Person[]> {
  const people = Array.from({ length: count }, (_, index) => new Person(`${name}-${index}`));
  for (let from = 0; from < count; from += atOnce) {
    await Promise.all(people.slice(from, from + atOnce).map((person) => person.signIn(world)));
  }
  return people;
}
