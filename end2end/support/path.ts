// `test` for the app below a path of an origin that another application shares. No test may send that one a request, unless
// it opens its pages itself, and never with a cookie of ours.
import type { Page } from '@playwright/test';
import { ada, expect, jonas, test as base } from './test.ts';
import type { Stack } from './stack.ts';

interface Options {
  /** Whether the test opens pages of the other application. */
  visits: boolean;
}

export const test = base.extend<Options & { nothingOutside: void }>({
  visits: [false, { option: true }],

  nothingOutside: [
    async ({ stack, visits }, use) => {
      await use();
      const { asked } = stack.app.neighbour;
      if (!visits) expect(asked, 'what the other application was asked').toEqual([]);
      expect(asked.filter(({ cookies }) => /claimcheck/i.test(cookies)), 'requests to it with a cookie of ours').toEqual([]);
    },
    { auto: true },
  ],
});

/** The path of the app, such as `/dash`. */
export function pathOf(stack: Stack): string {
  return new URL(stack.address).pathname;
}

/** Every address on the page that is of this origin and outside of the path of the app. */
export async function strayAddresses(page: Page, stack: Stack): Promise<string[]> {
  return page.evaluate(
    ({ address }) => {
      const found = (name: string, pick: (text: string) => string[] = (text) => [text]) =>
        [...document.querySelectorAll(`[${name}]`)].flatMap((element) => pick(element.getAttribute(name) ?? ''));
      const addresses = [
        ...['href', 'src', 'action', 'formaction', 'poster', 'data-draft', 'data-job'].flatMap((name) => found(name)),
        ...found('srcset', (text) => text.split(',').map((part) => part.trim().split(' ')[0] ?? '')),
        ...[...document.querySelectorAll('meta[http-equiv=refresh]')].map((meta) => (meta.getAttribute('content') ?? '').replace(/^.*url=/, '')),
      ];
      const url = (text: string) => new URL(text, document.baseURI);
      const isBelow = ({ href }: URL) => href.startsWith(address) && ['', '/', '?', '#'].includes(href.charAt(address.length));
      return addresses.filter((text) => text !== '' && url(text).origin === location.origin && !isBelow(url(text)));
    },
    { address: stack.address },
  );
}

export { ada, expect, jonas };
