// What the scenarios need of a provider. One file per server implements it, in a folder beside `scenarios/`: the folder
// starts the server, registers the client, and knows the server's own pages and counters. The scenarios know none of that.
import type { Page } from '@playwright/test';
import type { Proxy } from '../../support/proxy.ts';

/** A user whom every provider of the interop tests knows. */
export interface Person {
  username: string;
  name: string;
  email: string;
  password: string;
}

/** Has every role. */
export const ada: Person = { username: 'ada', name: 'Ada Okafor', email: 'ada.okafor@harbour.example', password: 'interop-ada' };
/** Has no role. */
export const jonas: Person = { username: 'jonas', name: 'Jonas Lind', email: 'jonas.lind@harbour.example', password: 'interop-jonas' };

/** The addresses that a client is registered with. */
export interface Addresses {
  /** Origin of Claimcheck, as browsers and the provider reach it. */
  app: string;
  /** Base URL of the API of `api_url`. */
  api: string;
  /** Base URL of the second API. */
  stock: string;
}

/** The result of registering the client: what Claimcheck is started with. */
export interface Registered {
  /** The settings file, as the provider's page in docs/providers/ shows it, with the addresses of this run. */
  settings: string;
  /** Variables beside it, such as `CLAIMCHECK_CLIENT_SECRET`. */
  env: Record<string, string>;
  /** `aud` of the access token for the API of `api_url`. */
  audience: string;
  /** The second API: what the provider's page adds to the settings for it, and `aud` of its tokens. */
  stock?: { settings: string; audience: string };
}

/** Parts of the scenarios that a server may lack. */
export type Ability = 'roles-in-access-token' | 'stock' | 'back-channel' | 'step-up' | 'login-timeout' | 'stale-tab' | 'restart' | 'key-rotation';

export interface Provider {
  /** As in the summary: `Keycloak 26.7.3`. */
  readonly name: string;
  readonly issuer: string;
  /** Before the server, at the address of the issuer: it records every exchange with the app and with browsers. */
  readonly proxy: Proxy;
  /** What it cannot do, with the reason: scenarios that need it are skipped and say so. */
  readonly lacks: Partial<Record<Ability, string>>;

  /** Creates the client, the scopes and the users, as the provider's page says. Once per run. */
  register(addresses: Addresses): Promise<Registered>;
  /** Undoes what a scenario changed: lifetimes, rotation, sessions, counters. Before every test. */
  reset(): Promise<void>;

  /** Whether the page shows the form that asks for the user. */
  expectLogin(page: Page): Promise<void>;
  /** From the provider's first page back to the app, including a consent if there is one. */
  signIn(page: Page, person: Person): Promise<void>;
  /** From the app's sign-out page to the app's home, through the provider's pages if there are any. */
  passSignOut(page: Page): Promise<void>;

  /** The lifetime of access tokens that are issued from now on. */
  setAccessTokenSecs(secs: number): Promise<void>;
  /** From now on every refresh rotates the refresh token, and the second use of one is refused. */
  rotateRefreshTokens(): Promise<void>;
  /** Refreshes that the server itself counted since `reset`: granted and refused. */
  refreshes(): Promise<{ granted: number; refused: number }>;

  /** The login page is good for so many seconds only. */
  setLoginSecs(secs: number): Promise<void>;
  /** Ends all sessions of the user at the provider, which tells the app over the back channel. */
  endSessions(person: Person): Promise<void>;
  /** Tokens are signed with a new key from now on; the old key stays published or not, as the server does it. */
  rotateKeys(): Promise<void>;

  /** Stops the server, keeping its data; the proxy then refuses connections. */
  down(): Promise<void>;
  /** Starts it again on the same data. */
  up(): Promise<void>;
  stop(): Promise<void>;
  /** The end of the server's log, for a failed test. */
  output(): string;
}
