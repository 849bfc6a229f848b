// An OpenID provider none of us wrote: `oidc-provider` from npm (OpenID-certified), configured as a careful operator would.
// Settings come as JSON in PROVIDER_SETTINGS: port, issuer, clientId, clientSecret, clientOrigin, resource, accessTokenSecs.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Provider from 'oidc-provider';
import * as pages from './pages.mjs';

const settings = JSON.parse(process.env.PROVIDER_SETTINGS);
const people = JSON.parse(readFileSync(new URL('people.json', import.meta.url), 'utf8'));
const HOUR = 3600;
const RESOURCE_SCOPES = ['orders:read', 'orders:ship', 'reports:read'];

const signingKey = {
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: randomBytes(8).toString('hex'),
  use: 'sig',
  alg: 'RS256',
};

const provider = new Provider(settings.issuer, {
  clients: [
    {
      client_id: settings.clientId,
      client_secret: settings.clientSecret,
      client_name: 'Claimcheck',
      redirect_uris: [`${settings.clientOrigin}/auth/callback`],
      post_logout_redirect_uris: [`${settings.clientOrigin}/`],
      backchannel_logout_uri: `${settings.clientOrigin}/auth/back-channel-logout`,
      backchannel_logout_session_required: true,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  clientAuthMethods: ['client_secret_basic'],
  // Logout by POST from another site needs both, and neither is the library's default: with its defaults a POST is a 404,
  // and a `Lax` cookie does not come with it.
  enableHttpPostMethods: true,
  cookies: { keys: [randomBytes(32).toString('hex')], long: { httpOnly: true, sameSite: 'none' } },
  jwks: { keys: [signingKey] },
  pkce: { required: () => true },
  responseTypes: ['code'],
  rotateRefreshToken: true,
  scopes: ['openid', 'offline_access'],
  claims: {
    openid: ['sub'],
    profile: ['name', 'given_name', 'family_name', 'preferred_username', 'zoneinfo', 'locale', 'roles', 'department'],
    email: ['email', 'email_verified'],
  },
  // The library's own way out refuses loopback addresses, where the client is that it tells of a logout.
  fetch: (url, { dispatcher: _guarded, ...options }) => fetch(url, options),
  // The claims travel in the ID token: an access token for the API is refused at this provider's UserInfo endpoint.
  conformIdTokenClaims: false,
  ttl: {
    AuthorizationCode: 60,
    Grant: 24 * HOUR,
    IdToken: HOUR,
    Interaction: HOUR,
    RefreshToken: 24 * HOUR,
    Session: 24 * HOUR,
  },
  features: {
    backchannelLogout: { enabled: true },
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource: pages.signOut, postLogoutSuccessSource: pages.signedOut },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo(_ctx, resource) {
        if (resource !== settings.resource) throw new Error(`unknown resource ${resource}`);
        return {
          scope: RESOURCE_SCOPES.join(' '),
          audience: settings.resource,
          accessTokenTTL: settings.accessTokenSecs,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        };
      },
    },
  },
  extraTokenClaims(_ctx, token) {
    const person = people.find(({ sub }) => sub === token.accountId);
    return person && { roles: person.roles, department: person.department };
  },
  findAccount(_ctx, sub) {
    const person = people.find((candidate) => candidate.sub === sub);
    if (!person) return undefined;
    const { username, api_scopes, ...claims } = person;
    return { accountId: sub, claims: () => ({ ...claims, preferred_username: username, email_verified: true }) };
  },
  renderError: pages.problem,
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

// Behind TLS it is the proxy that knows the scheme.
provider.proxy = settings.issuer.startsWith('https:');
provider.use(pages.securityHeaders(settings.clientOrigin));
provider.use(markCrossSiteCookiesSecure);

provider.use(async (ctx, next) => {
  const [, action] = /^\/interaction\/[\w-]+(?:\/(login|consent|cancel))?$/.exec(ctx.path) ?? [];
  if (!ctx.path.startsWith('/interaction/')) return next();

  const interaction = await provider.interactionDetails(ctx.req, ctx.res);
  const finish = (result) => provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
  ctx.set('cache-control', 'no-store');

  if (ctx.method === 'GET' && !action) {
    const page = interaction.prompt.name === 'login' ? pages.login : pages.consent;
    ctx.body = page(interaction);
    return;
  }
  if (ctx.method !== 'POST') return next();
  const form = await readForm(ctx.req);

  if (action === 'login' && interaction.prompt.name === 'login') {
    const person = people.find(({ username }) => username === form.get('username'));
    if (!person || form.get('password') !== 'demo') {
      ctx.status = 400;
      ctx.body = pages.login(interaction, 'This user name and password do not go together.');
      return;
    }
    ctx.respond = false;
    await finish({ login: { accountId: person.sub, amr: ['pwd'] } });
  } else if (action === 'consent' && interaction.prompt.name === 'consent') {
    ctx.respond = false;
    await finish({ consent: { grantId: await grant(interaction) } });
  } else if (action === 'cancel') {
    ctx.respond = false;
    const description = interaction.prompt.name === 'login' ? 'The sign-in was cancelled' : 'Access was not allowed';
    await finish({ error: 'access_denied', error_description: description });
  } else {
    return next();
  }
});

/** Browsers take `SameSite=None` only with `Secure`, also from loopback; the library does not set it over plain http. */
async function markCrossSiteCookiesSecure(ctx, next) {
  await next();
  const cookies = [ctx.response.headers['set-cookie'] ?? []].flat();
  const marked = (cookie) => (/samesite=none/i.test(cookie) && !/; secure/i.test(cookie) ? `${cookie}; secure` : cookie);
  if (cookies.length) ctx.set('set-cookie', cookies.map(marked));
}

/** Grants what was asked for, as far as this person may hand it on. */
async function grant({ prompt: { details }, params, session, grantId }) {
  const person = people.find(({ sub }) => sub === session.accountId);
  const found = grantId && (await provider.Grant.find(grantId));
  const result = found || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (details.missingOIDCScope) result.addOIDCScope(details.missingOIDCScope.join(' '));
  if (details.missingOIDCClaims) result.addOIDCClaims(details.missingOIDCClaims);
  for (const [resource, scopes] of Object.entries(details.missingResourceScopes ?? {})) {
    const allowed = scopes.filter((scope) => person.api_scopes.includes(scope));
    const refused = scopes.filter((scope) => !person.api_scopes.includes(scope));
    if (allowed.length) result.addResourceScope(resource, allowed.join(' '));
    if (refused.length) result.rejectResourceScope(resource, refused.join(' '));
  }
  return result.save();
}

async function readForm(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > 10_000) throw new Error('too much');
  }
  return new URLSearchParams(body);
}

provider.on('server_error', (_ctx, error) => console.error('server_error', error));
for (const event of ['grant.error', 'authorization.error', 'userinfo.error', 'end_session.error', 'revocation.error', 'backchannel.error']) {
  provider.on(event, (_ctx, error) => console.error(event, error.error, error.error_description, error.error_detail));
}

provider.listen(settings.port, '127.0.0.1', () => console.log(`provider at 127.0.0.1:${settings.port} as ${settings.issuer}`));
