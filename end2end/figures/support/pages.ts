// The boards of the figures, and what a person sees on one: the one place here that knows the app's markup and words.
import { Browser, type Page } from './browser.ts';

export const ROWS = 60;

/** That many boards, each a table of orders: pages of different boards share no fetch in the app. */
export function boards(count: number): string {
  return Array.from({ length: count }, (_, index) => `
[[board]]
id = "orders-${index}"
title = "Orders ${index}"

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders?limit=${ROWS}"
rows = "$.orders[*]"
total = "$.total"
`).join('');
}

export function board(index = 0): string {
  return `/boards/orders-${index}`;
}

export type Sight = 'data' | 'still loading' | 'provider unavailable' | 'API unavailable' | 'signed out' | 'something else';

export function sight(page: Page): Sight {
  if (rows(page.body) === ROWS) return 'data';
  if (Browser.onward(page) || page.status === 401 || page.body.includes('You are signed out')) return 'signed out';
  if (page.body.includes('Still loading')) return 'still loading';
  if (page.body.includes('The sign-in provider does not answer')) return 'provider unavailable';
  if (page.body.includes('The API does not answer')) return 'API unavailable';
  return 'something else';
}

/** Someone is signed in: the page greets them, whatever its panels show. */
export function isSignedIn(page: Page): boolean {
  return page.status < 300 && page.body.includes('Sign out');
}

/** Rows of the API's table in the HTML. */
export function rows(body: string): number {
  return (/<tbody[\s\S]*?<\/tbody>/.exec(body)?.[0].match(/<tr\b/g) ?? []).length;
}
