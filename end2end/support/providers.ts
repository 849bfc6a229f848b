// The two providers that the app is tested with: how each is started, and the app's settings for it.
import { fileURLToPath } from 'node:url';
import people from '../provider/people.json' with { type: 'json' };
import { Process } from './process.ts';

export type ProviderKind = 'demo' | 'oidc-provider';

/** A user who can sign in; both providers know them. */
export interface Person {
  name: string;
  username: string;
  email: string;
}

export const PASSWORD = 'demo';
/** The one-time code of all users, for the second factor. */
export const CODE = '246810';
/** Has access to everything. */
export const ada = named('ada');
/** Has access to orders, not to the finance reports. */
export const jonas = named('jonas');
/** Receives deliveries at the warehouse. */
export const mei = named('mei');
/** Has no access to the API. */
export const sam = named('sam');

/** Somebody else with all that this person may do; npm's oidc-provider knows them. One person may have few sessions. */
export function double(person: Person, index: number): Person {
  return { ...person, username: `${person.username}.${index}` };
}

const RESOURCE = 'https://orders.demo.example';
/** The second API, below `/warehouse` of the first. */
export const WAREHOUSE = 'https://warehouse.demo.example';
/** Without `orders:ship`, which is requested when it is needed. */
const SCOPES = 'openid profile email offline_access orders:read reports:read payouts:write';
/** Form-encoding changes it: RFC 6749 2.3.1 requires that before Base64. */
const SECRET = 'e2e: not+a%secret &/=?';

export interface ProviderStart {
  port: number;
  /** The public issuer: the URL of the proxy before it. */
  issuer: string;
  /** The public URL of the app. */
  clientUrl: string;
  accessTokenSecs: number;
}

/** Settings of the demo's processes to use this provider; empty if it is not used. */
export function demoProviderEnv(kind: ProviderKind, start: ProviderStart): Record<string, string> {
  const { port, issuer, clientUrl, accessTokenSecs } = start;
  if (kind !== 'demo') return {};
  return {
    CLAIMCHECK_DEMO_PROVIDER_LISTEN: `127.0.0.1:${port}`,
    CLAIMCHECK_DEMO_ISSUER: issuer,
    CLAIMCHECK_DEMO_CLIENT_ORIGIN: clientUrl,
    CLAIMCHECK_DEMO_ACCESS_TOKEN_SECS: String(accessTokenSecs),
  };
}

/** npm's oidc-provider as its own process. */
export function startOidcProvider({ port, issuer, clientUrl, accessTokenSecs }: ProviderStart): Process {
  const server = fileURLToPath(new URL('../provider/server.mjs', import.meta.url));
  const settings = {
    port,
    issuer,
    clientUrl,
    accessTokenSecs,
    clientId: 'claimcheck-e2e',
    clientSecret: SECRET,
    resources: {
      [RESOURCE]: ['orders:read', 'orders:ship', 'reports:read', 'payouts:write'],
      [WAREHOUSE]: ['deliveries:read', 'deliveries:receive'],
    },
  };
  return new Process('oidc-provider', process.execPath, [server], { PROVIDER_SETTINGS: JSON.stringify(settings) });
}

/** The app's settings for the provider. */
export function appProviderEnv(kind: ProviderKind, issuer: string, moreScopes = ''): Record<string, string> {
  const common = { CLAIMCHECK_ISSUER: issuer, CLAIMCHECK_RESOURCE: RESOURCE, CLAIMCHECK_SCOPES: `${SCOPES} ${moreScopes}`.trim() };
  if (kind === 'demo') {
    return {
      ...common,
      CLAIMCHECK_CLIENT_ID: 'claimcheck-demo',
      CLAIMCHECK_CLIENT_SECRET: 'claimcheck-demo-secret',
      CLAIMCHECK_ID_TOKEN_ALGS: 'ES256',
    };
  }
  return {
    ...common,
    CLAIMCHECK_CLIENT_ID: 'claimcheck-e2e',
    CLAIMCHECK_CLIENT_SECRET: SECRET,
    CLAIMCHECK_ID_TOKEN_ALGS: 'RS256',
  };
}

function named(username: string): Person {
  const person = people.find((candidate) => candidate.username === username);
  if (!person) throw new Error(`nobody is called ${username}`);
  return person;
}
