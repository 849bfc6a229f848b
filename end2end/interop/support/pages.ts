// What the scenarios do and see in a browser on Claimcheck's pages.
import { expect, type Locator, type Page, type Response } from '@playwright/test';
import { Panel } from '../../support/app.ts';
import { press } from '../../support/sign_in.ts';
import type { Person } from './provider.ts';
import type { Rig } from './rig.ts';

export class Visitor {
  constructor(
    readonly page: Page,
    readonly rig: Rig,
  ) {}

  async anotherTab(): Promise<Visitor> {
    return new Visitor(await this.page.context().newPage(), this.rig);
  }

  async open(path: string): Promise<Response | null> {
    return this.page.goto(this.rig.app.origin + path);
  }

  /** Opens `path` signed out, signs in on the provider's pages, and is back at `path`. */
  async signIn(person: Person, path = '/boards/orders'): Promise<void> {
    await this.open(path);
    await this.passLogin(person, path);
  }

  /** From the provider's login page to `path`. */
  async passLogin(person: Person, path: string): Promise<void> {
    await this.rig.provider.signIn(this.page, person);
    await this.expectAt(path);
    await this.expectSignedIn(person);
  }

  /** From wherever a navigation led to `path`: the provider may still know the user, and then asks nothing. */
  async passSignIn(person: Person, path: string): Promise<string> {
    const isAsked = !this.page.url().startsWith(this.rig.app.origin);
    if (isAsked) await this.rig.provider.signIn(this.page, person);
    await this.expectAt(path);
    await this.expectSignedIn(person);
    return isAsked ? 'the provider asked for the user again' : 'the provider still knew the user';
  }

  async signOut(person: Person): Promise<void> {
    await this.menu(person).click();
    await press(this.page.getByRole('button', { name: 'Sign out', exact: true }));
    await this.rig.provider.passSignOut(this.page);
  }

  async expectAt(path: string): Promise<void> {
    await expect(this.page).toHaveURL(this.rig.app.origin + path);
  }

  async expectSignedIn(person: Person): Promise<void> {
    await expect(this.menu(person)).toBeVisible();
  }

  async expectOrders(): Promise<void> {
    await expect(this.panel('Orders').rows.first()).toContainText('orders-1');
  }

  panel(title: string): Panel {
    return new Panel(this.page.getByRole('region', { name: title, exact: true }));
  }

  menu(person: Person): Locator {
    return this.page.locator('summary', { hasText: person.name });
  }
}
