// The set of pictures that `npm run screenshots` takes: its names, taking one, and what is wrong with a set.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import type { Coarse, Grid } from './coarse.ts';

export const VIEWPORTS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } } as const;
export const SCHEMES = ['light', 'dark'] as const;
export type Device = keyof typeof VIEWPORTS;
export type Scheme = (typeof SCHEMES)[number];

/** Every picture: on each device, in each scheme. */
export const NAMES = [
  // Pages, from `pages of …`.
  'home', 'problem', 'not-found', 'provider-sign-in', 'provider-consent', 'time-zone', 'board', 'board-loading', 'board-failing',
  'board-forbidden', 'account', 'user-menu', 'home-signed-out',
  // Sessions.
  'sessions', 'sessions-ended', 'home-signed-out-only-here', 'notice-idle', 'session-ended', 'session-ended-first-sight',
  'notice-absolute',
  // Actions.
  'act-question', 'acts-done', 'act-form', 'act-draft', 'act-problems', 'act-progress', 'act-unclear', 'acts-unclear', 'act-asking',
  'act-locked', 'act-of-board', 'acts-scripts-off', 'act-page', 'act-page-problems', 'act-page-unclear', 'act-page-locked',
  'act-page-step-up', 'act-page-confirm',
  // Boards and their panels.
  'overview', 'overview-first-sight', 'overview-7-days', 'period-form', 'period-refused', 'overview-tables-and-read-out',
  'overview-loading', 'overview-failing', 'overview-stale', 'overview-locked', 'outage', 'nothing', 'desk', 'drawer',
  'desk-offline', 'desk-no-match', 'desk-past-the-end', 'row', 'row-not-found',
  // The demo: many boards.
  'demo-overview', 'demo-overview-first-sight', 'demo-navigation', 'demo-find', 'demo-finder', 'demo-table', 'demo-filters',
  'demo-menu', 'demo-drawer', 'demo-customer', 'demo-ticket', 'demo-german',
  // The whole boards file of the book, and author mode.
  'example-overview', 'example-customer', 'author-mistakes',
] as const;
export type Name = (typeof NAMES)[number];

/** Different greys in a picture: text alone has more than this. */
const GREYS_MIN = 6;
/** Squares small enough for a line of text. */
const SQUARE = 10;

export function fileOf(folder: string, name: Name, device: Device, scheme: Scheme): string {
  return join(folder, `${name}-${device}-${scheme}.png`);
}

/** Takes the pictures of one device and scheme. If one does not show what it should, the test goes on with the others and fails. */
export class Album {
  constructor(
    private readonly folder: string,
    private readonly device: Device,
    private readonly scheme: Scheme,
    private readonly withinMs = 8_000,
  ) {}

  /** The whole page, on which `shown` must be visible: what the name promises. */
  async page(page: Page, name: Name, ...shown: Locator[]): Promise<void> {
    for (const each of shown) await expect.soft(each.first(), `shown by ${name}`).toBeVisible({ timeout: this.withinMs });
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect.soft(tooWide, `pixels by which ${name} is wider than the window`).toBeLessThanOrEqual(0);
    await this.take(page, name, true);
  }

  /** What is in the window, with all of `shown`. Elements over the page are as high as the window. */
  async window(page: Page, name: Name, ...shown: Locator[]): Promise<void> {
    for (const each of shown) await expect.soft(each.first(), `shown by ${name}`).toBeInViewport({ timeout: this.withinMs });
    await this.take(page, name, false);
  }

  private async take(page: Page, name: Name, fullPage: boolean): Promise<void> {
    await page.screenshot({ path: fileOf(this.folder, name, this.device, this.scheme), fullPage, animations: 'disabled' });
  }
}

/** What is wrong with the set in this folder, one line each: pictures that are missing, empty, or the same as another. */
export async function mistakes(folder: string, coarse: Coarse, names: readonly Name[] = NAMES): Promise<string[]> {
  const found: string[] = [];
  const seen = new Map<string, string>();
  for (const name of names) {
    for (const device of Object.keys(VIEWPORTS) as Device[]) {
      for (const scheme of SCHEMES) {
        const file = fileOf(folder, name, device, scheme);
        const png = await readFile(file).catch(() => undefined);
        if (!png) {
          found.push(`missing: ${file}`);
          continue;
        }
        const hash = createHash('sha256').update(png).digest('hex');
        const twin = seen.get(hash);
        if (twin) found.push(`the same: ${twin} and ${file}`);
        else if (isEmpty(await coarse.grid(png, SQUARE))) found.push(`empty: ${file}`);
        seen.set(hash, file);
      }
    }
  }
  return found;
}

function isEmpty(grid: Grid): boolean {
  return new Set(grid.flat()).size < GREYS_MIN;
}
