// The actions on the board "Shipping": opening the form of an action in either mode, and the requests that the API
// received.
import { expect, type Locator } from '@playwright/test';
import type { App } from './app.ts';
import { press } from './sign_in.ts';

export const SHIPPING = '/boards/acts';
/** The scope that the API requires for shipping; an ordinary sign-in does not request it. */
export const TO_SHIP = 'orders:ship';

export class Acts {
  constructor(readonly app: App) {}

  /** The rows that can be shipped. */
  get rows(): Locator {
    return this.app.panel('To ship').rows;
  }

  row(order: string): Locator {
    return this.rows.filter({ has: this.app.page.getByRole('rowheader', { name: order, exact: true }) });
  }

  /** Orders that have not been shipped yet. */
  async orders(): Promise<string[]> {
    const open = this.rows.filter({ has: this.link('Ship') });
    await expect(open.first()).toBeVisible();
    return (await open.getByRole('rowheader').allInnerTexts()).map((text) => text.trim());
  }

  /** The first of them. */
  async order(): Promise<string> {
    return (await this.orders())[0]!;
  }

  /** The link to the form of an action; of a row, or without one of the board. */
  link(label: string, order = ''): Locator {
    const place = order ? this.row(order) : this.app.page;
    return place.locator('a[data-part=act]').filter({ hasText: label });
  }

  /** Opens the menu of a link: all but the first action are in one. */
  async reveal(link: Locator): Promise<void> {
    await expect(link).toBeAttached();
    if (await link.isVisible()) return;
    const menu = await link.evaluate((link) => link.closest('[popover]')?.id);
    await this.app.page.locator(`[popovertarget="${menu}"]`).click();
    await expect(link).toBeVisible();
  }

  /** Opens that form: in the drawer, or with scripts off on its own page. */
  async open(label: string, order = ''): Promise<Locator> {
    const link = this.link(label, order);
    await this.reveal(link);
    if (this.app.hydrated) await link.click();
    else await press(link);
    await expect(this.form).toBeVisible();
    return this.form;
  }

  get form(): Locator {
    return this.app.page.locator('.act').filter({ visible: true });
  }

  get button(): Locator {
    return this.form.locator('[data-part=act-send]');
  }

  /** Presses the submit button, and waits for the result. */
  async send(): Promise<void> {
    if (!this.app.hydrated) return press(this.button);
    const [answer] = await Promise.all([this.app.page.waitForResponse(/\/api\/act$/), this.button.click()]);
    await answer.finished();
  }

  /** The number of requests to ship it that the API received. */
  seen(order: string): number {
    return this.app.stack.api.count(({ method, path }) => method === 'POST' && path === `/orders/${order}/ship`);
  }

  /** The board shows the result at the right place. */
  async expectDone(order: string, words: string): Promise<void> {
    await expect(this.form).toBeHidden();
    await expect(this.row(order).locator('.said')).toHaveText(words);
    await expect(this.row(order)).toContainText('shipped');
    await expect(this.link('Ship', order)).toHaveCount(0);
  }
}
