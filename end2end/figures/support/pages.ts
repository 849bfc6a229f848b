// The boards of the figures, and what a user sees on one. All knowledge about the app's markup and texts is here.
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
  if (Browser.onward(page) || page.status === 401 || page.body.includes('You’re signed out')) return 'signed out';
  if (page.body.includes('Still loading')) return 'still loading';
  if (page.body.includes('Your sign-in provider isn’t responding')) return 'provider unavailable';
  if (page.body.includes('The API isn’t responding')) return 'API unavailable';
  return 'something else';
}

/** A user is signed in: the page shows their name, whatever its panels show. */
export function isSignedIn(page: Page): boolean {
  return page.status < 300 && page.body.includes('Sign out');
}

/** Rows of the API's table in the HTML. */
export function rows(body: string): number {
  return (/<tbody[\s\S]*?<\/tbody>/.exec(body)?.[0].match(/<tr\b/g) ?? []).length;
}
