// A person's action, without scripts.
import { Browser } from '../figures/support/browser.ts';
import type { Person } from './people.ts';
import { ACTING, BOARD } from './boards.ts';
import type { App, World } from './world.ts';

/** Opens the form of a board's action and submits it: `done` if the app has taken it, otherwise what happened. */
export async function act(world: World, { browser }: Person, { port }: App, board = BOARD, acting = ACTING): Promise<string> {
  try {
    const form = await browser.get(world.url + acting, port);
    const [, attributes = '', inside = ''] = /<form\b([^>]*\bdata-part="?act-form[^>]*)>([\s\S]*?)<\/form>/.exec(form.body) ?? [];
    const [, action] = /\baction="?([^"\s>]+)/.exec(attributes) ?? [];
    if (form.status !== 200 || !action) return `form with status ${form.status}`;
    const fields = [...inside.matchAll(/<input\b[^>]*\btype="?hidden[^>]*>/g)].map(([input]): [string, string] => [valueOf(input, 'name'), valueOf(input, 'value')]);
    const answer = await browser.send(
      'POST',
      world.origin + action,
      { 'sec-fetch-site': 'same-origin', origin: world.origin, referer: world.url + acting, 'content-type': 'application/x-www-form-urlencoded' },
      new URLSearchParams(fields).toString(),
      port,
    );
    return Browser.onward(answer) === world.url + board || answer.status === 303 ? 'done' : `action with status ${answer.status}`;
  } catch (error) {
    return `no answer to an action: ${(error as Error).message}`;
  }
}

function valueOf(tag: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  return value.replace(/&quot;/g, '"').replace(/&#x27;|&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}
