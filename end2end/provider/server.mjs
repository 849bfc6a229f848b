// An independent OpenID provider: `oidc-provider` from npm (OpenID-certified), configured as a careful operator would.
// The settings are JSON in PROVIDER_SETTINGS: port, issuer, clientId, clientSecret, clientUrl, accessTokenSecs, and
// resources, the scopes of each API by its identifier.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Provider, { errors, interactionPolicy } from 'oidc-provider';
import * as pages from './pages.mjs';

const settings = JSON.parse(process.env.PROVIDER_SETTINGS);
const people = JSON.parse(readFileSync(new URL('people.json', import.meta.url), 'utf8'));
const HOUR = 3600;
/**
 * The kinds of sign-in: with a password, or with an additional one-time code. Weakest first, with the names of the demo
 * provider.
 */
const ACR_VALUES = ['urn:harbour:acr:password', 'urn:harbour:acr:second-factor'];
const [PASSWORD_ACR, SECOND_FACTOR_ACR] = ACR_VALUES;
const CODE = '246810';

/** One more reason to ask for a login: a session weaker than the first known value in `acr_values`. */
const policy = interactionPolicy.base();
policy.get('login').checks.add(
  new interactionPolicy.Check('acr', 'a stronger sign-in is needed', 'login_required', ({ oidc }) => {
    const wish = oidc.params.acr_values?.split(' ').find((value) => ACR_VALUES.includes(value));
    return ACR_VALUES.indexOf(oidc.session.acr) < ACR_VALUES.indexOf(wish);
  }),
);

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
      redirect_uris: [`${settings.clientUrl}/auth/callback`],
      post_logout_redirect_uris: [`${settings.clientUrl}/`],
      backchannel_logout_uri: `${settings.clientUrl}/auth/back-channel-logout`,
      backchannel_logout_session_required: true,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  clientAuthMethods: ['client_secret_basic'],
  // Not the library's default: a `Lax` cookie is not sent if another site leads back by a form (`detour.spec.ts`).
  cookies: { keys: [randomBytes(32).toString('hex')], long: { httpOnly: true, sameSite: 'none' } },
  jwks: { keys: [signingKey] },
  pkce: { required: () => true },
  responseTypes: ['code'],
  rotateRefreshToken: true,
  acrValues: ACR_VALUES,
  scopes: ['openid', 'offline_access'],
  claims: {
    openid: ['sub'],
    profile: ['name', 'given_name', 'family_name', 'preferred_username', 'zoneinfo', 'locale', 'roles', 'department'],
    email: ['email', 'email_verified'],
  },
  // The library's own HTTP client refuses loopback addresses, where the client receives logout notifications.
  fetch: (url, { dispatcher: _guarded, ...options }) => fetch(url, options),
  // The claims are in the ID token: an access token for the API is refused at this provider's UserInfo endpoint.
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
        const scopes = settings.resources[resource];
        if (!scopes) throw new errors.InvalidTarget();
        return {
          scope: scopes.join(' '),
          audience: resource,
          accessTokenTTL: settings.accessTokenSecs,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        };
      },
    },
  },
  extraTokenClaims({ oidc: { entities } }, token) {
    const person = personBy('sub', token.accountId);
    // How and when the user signed in (RFC 9068 2.2.1) is stored in the code or refresh token of the request.
    const { acr, amr, authTime: auth_time } = entities.AuthorizationCode ?? entities.RefreshToken ?? {};
    return person && { roles: person.roles, department: person.department, acr, amr, auth_time };
  },
  findAccount(_ctx, sub) {
    const person = personBy('sub', sub);
    if (!person) return undefined;
    const { username, api_scopes, ...claims } = person;
    return { accountId: sub, claims: () => ({ ...claims, preferred_username: username, email_verified: true }) };
  },
  renderError: pages.problem,
  interactions: { policy, url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

// Behind TLS, only the proxy knows the scheme.
provider.proxy = settings.issuer.startsWith('https:');
provider.use(pages.securityHeaders(new URL(settings.clientUrl).origin));
provider.use(markCrossSiteCookiesSecure);

provider.use(async (ctx, next) => {
  const [, action] = /^\/interaction\/[\w-]+(?:\/(login|code|consent|cancel))?$/.exec(ctx.path) ?? [];
  if (!ctx.path.startsWith('/interaction/')) return next();

  const interaction = await provider.interactionDetails(ctx.req, ctx.res);
  const finish = (result, mergeWithLastSubmission = false) =>
    provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission });
  const wantsLogin = interaction.prompt.name === 'login';
  const wantsCode = wantsLogin && interaction.prompt.reasons.every((reason) => reason === 'acr');
  ctx.set('cache-control', 'no-store');

  if (ctx.method === 'GET' && !action) {
    const loginPage = wantsCode ? pages.code : pages.login;
    ctx.body = wantsLogin ? loginPage(interaction) : pages.consent(interaction);
    return;
  }
  if (ctx.method !== 'POST') return next();
  const form = await readForm(ctx.req);

  if (action === 'login' && wantsLogin) {
    const person = personBy('username', form.get('username') ?? '');
    if (!person || form.get('password') !== 'demo') {
      ctx.status = 400;
      ctx.body = pages.login(interaction, 'This user name and password do not go together.');
      return;
    }
    ctx.respond = false;
    await finish({ login: { accountId: person.sub, acr: PASSWORD_ACR, amr: ['pwd'], ts: now() } });
  } else if (action === 'code' && wantsCode) {
    if (form.get('code')?.replace(/\s/g, '') !== CODE) {
      ctx.status = 400;
      ctx.body = pages.code(interaction, 'This is not the code.');
      return;
    }
    const { accountId } = interaction.session;
    ctx.respond = false;
    await finish({ login: { accountId, acr: SECOND_FACTOR_ACR, amr: ['pwd', 'otp'], ts: now() } });
  } else if (action === 'consent' && interaction.prompt.name === 'consent') {
    ctx.respond = false;
    // Together with the login before it, which would be requested again otherwise.
    await finish({ consent: { grantId: await grant(interaction) } }, true);
  } else if (action === 'cancel') {
    ctx.respond = false;
    const description = wantsLogin ? 'The sign-in was cancelled' : 'Access was not allowed';
    await finish({ error: 'access_denied', error_description: description });
  } else {
    return next();
  }
});

/** Seconds since 1970. */
function now() {
  return Math.floor(Date.now() / 1000);
}

/** Browsers accept `SameSite=None` only with `Secure`, even from loopback; the library does not set it over plain http. */
async function markCrossSiteCookiesSecure(ctx, next) {
  await next();
  const cookies = [ctx.response.headers['set-cookie'] ?? []].flat();
  const marked = (cookie) => (/samesite=none/i.test(cookie) && !/; secure/i.test(cookie) ? `${cookie}; secure` : cookie);
  if (cookies.length) ctx.set('set-cookie', cookies.map(marked));
}

/**
 * A user by `sub` or `username`. `ada.17` is somebody else with all that ada may do: figures need many people, because one
 * person may have few sessions.
 */
function personBy(key, value) {
  const [, known, number] = /^(.*?)(\.\d+)?$/.exec(value) ?? [];
  const person = people.find((candidate) => candidate[key] === known);
  return person && number ? { ...person, sub: person.sub + number, username: person.username + number } : person;
}

/** Grants the requested scopes, as far as this user may grant them. */
async function grant({ prompt: { details }, params, session, grantId }) {
  const person = personBy('sub', session.accountId);
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
