// The app as users see it. All knowledge about the markup of its pages is here.
import { expect, type Locator, type Page, type Response } from '@playwright/test';
import { axeViolations, LOOKS } from './guard.ts';
import { signInOverHttp } from './http_sign_in.ts';
import type { Person } from './providers.ts';
import { enterCredentials, passProvider, passSignOut, press } from './sign_in.ts';
import type { Stack } from './stack.ts';

/** The WebAssembly file that is loaded on first use. */
export const LATER = /\/split_later\.wasm$/;

export class App {
  constructor(
    readonly page: Page,
    readonly stack: Stack,
    readonly hydrated: boolean,
  ) {}

  /** The same app in another tab of the same browser. */
  async anotherTab(): Promise<App> {
    return this.inAnother(await this.page.context().newPage());
  }

  /** The same app in that page. */
  inAnother(page: Page): App {
    return new App(page, this.stack, this.hydrated);
  }

  async open(path: string): Promise<Response> {
    const response = await this.page.goto(this.stack.address + path);
    if (!response) throw new Error(`no answer for ${path}`);
    await this.settled();
    return response;
  }

  /** The server sends the whole page within that time. Load only adds to it, so the fastest of several attempts counts. */
  async expectWhole(path: string, withinMs: number): Promise<void> {
    await expect(async () => {
      const start = performance.now();
      const response = await this.page.goto(this.stack.address + path, { waitUntil: 'commit' });
      await response?.finished();
      expect(performance.now() - start, `time to the whole page at ${path}`).toBeLessThan(withinMs);
    }).toPass({ timeout: 20_000, intervals: [0] });
  }

  async reloadPage(): Promise<void> {
    await this.page.reload();
    await this.settled();
  }

  /** Waits until the islands are hydrated. */
  async settled(): Promise<void> {
    if (this.hydrated && this.page.url().startsWith(this.stack.address)) {
      await expect(this.page.locator('html[data-hydrated]')).toBeAttached();
    }
  }

  /** Touches the page as its user does, and waits for the code that is loaded then: what needs it works without the server. */
  async touch(): Promise<void> {
    await this.page.mouse.move(1, 1);
    await this.page.mouse.move(2, 2);
    await expect.poll(() => this.page.evaluate(loaded, LATER.source), 'code on first use').toBe(true);
  }

  /** Signs in over HTTP and opens `path`. The browser then has the same cookies as after a sign-in on the provider's pages. */
  async signIn(person: Person, path = '/boards/orders'): Promise<void> {
    await signInOverHttp(this.page.context().request, this.stack, person, path);
    await this.open(path);
  }

  /** Opens `path` signed out, signs in on the provider's pages, and returns. For specs about signing in and out. */
  async signInThroughPages(person: Person, path = '/boards/orders'): Promise<void> {
    await this.page.goto(this.stack.address + path);
    await passProvider(this.page, this.stack, person);
    await this.settled();
  }

  enterCredentials(person: Person): Promise<void> {
    return enterCredentials(this.page, this.stack, person);
  }

  passProvider(person: Person): Promise<void> {
    return passProvider(this.page, this.stack, person);
  }

  async signOut(person: Person): Promise<void> {
    await this.userMenu(person).click();
    await press(this.page.getByRole('button', { name: 'Sign out' }));
    await passSignOut(this.page, this.stack);
    await this.settled();
  }

  /** Marks this document, so that `isSameDocument` can detect a navigation. */
  async markDocument(): Promise<void> {
    await this.page.evaluate(() => ((window as unknown as Marked).sameDocument = true));
  }

  async isSameDocument(): Promise<boolean> {
    return this.page.evaluate(() => (window as unknown as Marked).sameDocument ?? false);
  }

  /** Path and query of the current URL, below the path of the app. */
  path(): string {
    const { origin, pathname, search } = new URL(this.page.url());
    const address = origin + pathname;
    return (address.startsWith(this.stack.address) ? address.slice(this.stack.address.length) : pathname) + search;
  }

  /** The URL has exactly this path and query. Without scripts, a link of a panel also leads to the panel. */
  async expectAt(path: string): Promise<void> {
    const address = (this.stack.address + path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    await expect(this.page).toHaveURL(new RegExp(`^${address}(#panel-[a-z0-9-]+)?$`));
  }

  /** The page is complete: one h1, no accessibility violation, nothing wider than the window. */
  async checkPage(): Promise<void> {
    await this.settled();
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveCount(1);
    expect(await axeViolations(this.page, this.hydrated), `accessibility of ${this.path()}`).toEqual([]);
    await this.checkOverflow();
  }

  /** The checks of `checkPage` that depend on colours and window size, for a page whose markup `checkPage` has checked. */
  async checkLook(): Promise<void> {
    await this.settled();
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveCount(1);
    expect(await axeViolations(this.page, this.hydrated, LOOKS), `looks of ${this.path()}`).toEqual([]);
    await this.checkOverflow();
  }

  private async checkOverflow(): Promise<void> {
    const overflow = await this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, `horizontal overflow of ${this.path()}`).toBeLessThanOrEqual(0);
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name });
  }

  userMenu(person: Person): Locator {
    return this.page.locator('summary', { hasText: person.name });
  }

  signInLink(): Locator {
    return this.page.getByRole('main').getByRole('link', { name: 'Sign in' });
  }

  panel(title: string): Panel {
    return new Panel(this.page.getByRole('region', { name: title, exact: true }));
  }

  /** The notice before the end of a session. */
  notice(): Locator {
    return this.page.locator('#session-notice');
  }

  /** The message after the end, with the reason. */
  ended(): Locator {
    return this.page.locator('#session-ended');
  }

  /** The page shows that its session has ended, hides its data, and offers a link to sign in. */
  async expectEnded(reason: string | RegExp, words: RegExp): Promise<void> {
    await expect(this.page.locator('html')).toHaveAttribute('data-ended', reason);
    // Not the list of all texts beside it.
    await expect(this.ended().locator('[data-part=why]')).toHaveText(words);
    await expect(this.again()).toBeVisible();
    await this.expectHidden();
    await expect(this.page).toHaveTitle('Signed out · Claimcheck');
    await expect(this.page.getByRole('alert').filter({ visible: true })).toHaveCount(1);
  }

  /** The user's data is hidden, although it is in the page. */
  async expectHidden(): Promise<void> {
    for (const hers of [this.page.getByRole('cell'), this.page.locator('summary'), this.page.locator('dialog')]) {
      await expect(hers.filter({ visible: true })).toHaveCount(0);
    }
  }

  /** Uses the link on a page whose session has ended, and signs in in the tab that opens. */
  async signInAgain(person: Person): Promise<App> {
    const [page] = await Promise.all([this.page.context().waitForEvent('page'), this.again().click()]);
    const tab = this.inAnother(page);
    await page.waitForURL(/^http/);
    await tab.passProvider(person);
    await tab.settled();
    return tab;
  }

  /** The page works again without a navigation. */
  async expectAwake(): Promise<void> {
    await expect(this.page.locator('html')).not.toHaveAttribute('data-ended', /./);
    await expect(this.page).not.toHaveTitle(/Signed out/);
    expect(await this.isSameDocument()).toBe(true);
  }

  /** The link to sign in again, in a session that has ended or is about to. */
  again(): Locator {
    return this.page.locator('[data-part=again]').filter({ visible: true });
  }

  /** The forms in the page itself that post to this URL. */
  form(action: string): Locator {
    return this.page.locator(`main form[action="${new URL(this.stack.address + action).pathname}"]`);
  }

  /** A page that shows what went wrong and what to do: never a dead end. */
  async expectProblemPage(): Promise<void> {
    await this.expectNothingPrivate();
    await expect(this.page.getByText('Reference')).toBeVisible();
    await expect(linkOrButton(this.page.getByRole('main'), /try again|sign in/i)).toBeVisible();
    await this.checkPage();
  }

  async expectSignedIn(person: Person): Promise<void> {
    await expect(this.userMenu(person)).toBeVisible();
  }

  /** Nothing of the signed-in pages is visible. */
  async expectNothingPrivate(): Promise<void> {
    await expect(this.page.getByRole('table')).toHaveCount(0);
    await expect(this.page.locator('summary')).toHaveCount(0);
  }
}

interface Marked {
  sameDocument?: boolean;
}

/** One panel of a board. */
export class Panel {
  readonly table: Locator;
  /** Without those that the filter hides. */
  readonly rows: Locator;
  /** Filters the rows on the page, or has the API search all of them. */
  readonly filter: Locator;

  constructor(readonly region: Locator) {
    // Not the tables of a drawer over it.
    this.table = region.locator('[data-part=body]').getByRole('table');
    this.rows = this.table.locator('tbody tr').filter({ visible: true });
    this.filter = region.getByRole('searchbox', { name: /^(Filter|Search)$/ });
  }

  reload(): Locator {
    return linkOrButton(this.region, /^Reload/);
  }

  /** Reloads even if the link is not visible, as in small tiles on a phone. */
  async reloadAnyway(): Promise<void> {
    await this.region.locator('a[data-part=reload]').first().evaluate((link) => (link as HTMLElement).click());
  }

  tryAgain(): Locator {
    return linkOrButton(this.region, /^Try again/);
  }

  header(column: number): Locator {
    return this.table.getByRole('columnheader').nth(column);
  }

  /** The link that sorts by this column. */
  sorter(column: number): Locator {
    return this.header(column).locator('a, button');
  }

  /** The link to another page of the rows. */
  page(name: 'Previous' | 'Next'): Locator {
    return this.region.getByRole('link', { name, exact: true });
  }

  /** The link to the page of a row, in its first cell. */
  rowLink(row: number): Locator {
    return this.rows.nth(row).locator('a[data-part=row]');
  }

  /** A link to rows as a file; opens the menu that has it, if there is one. */
  async export(name: string): Promise<Locator> {
    const menu = this.region.getByRole('button', { name: 'Export' });
    const link = this.region.getByRole('link', { name, exact: true });
    if ((await menu.count()) > 0 && !(await link.isVisible())) await menu.click();
    return link;
  }

  async column(column: number): Promise<string[]> {
    return this.rows.locator(`:scope > :nth-child(${column + 1})`).allInnerTexts();
  }

  /** The numbers of a column, which are written in English. */
  async numbers(column: number): Promise<number[]> {
    return (await this.column(column)).map((text) => Number(text.replaceAll(',', '').replace('\u2212', '-')));
  }

  async expectRows(): Promise<void> {
    await expect(this.rows.first()).toBeVisible();
  }

  /** It has data of any kind. */
  async expectReady(): Promise<void> {
    await expect(this.region.getByText(/^as of /)).toBeVisible();
  }
}

function linkOrButton(scope: Locator, name: RegExp): Locator {
  return scope.getByRole('link', { name }).or(scope.getByRole('button', { name })).first();
}

/** Whether the page has loaded a file like this. */
function loaded(pattern: string): boolean {
  const files = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  return files.some(({ name, responseEnd }) => new RegExp(pattern).test(name) && responseEnd > 0);
}
