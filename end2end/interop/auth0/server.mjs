// AuthHero, an Auth0-compatible server, as its own process. It keeps everything in one SQLite file, so it can be restarted in
// mid-session. What Auth0 does and AuthHero does not is in box.ts, the only client of this server.
// The settings are JSON in AUTH0_SETTINGS; see `ServerSettings` in box.ts.
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import createAdapters, { migrateToLatest } from '@authhero/kysely-adapter';
import { serve } from '@hono/node-server';
import { init } from 'authhero';
import bcrypt from 'bcryptjs';
import { Hono } from 'hono';
import { Kysely, SqliteDialect } from 'kysely';
import Database from 'libsql';

const settings = JSON.parse(process.env.AUTH0_SETTINGS);
const TENANT = 'tenant';
const CONNECTION = 'Username-Password-Authentication';

const db = new Kysely({ dialect: new SqliteDialect({ database: new Database(settings.file) }) });
await migrateToLatest(db, false);
const data = createAdapters(db);
const { oauthApp, universalApp, createX509Certificate } = init({ dataAdapter: data });
if (!(await data.tenants.get(TENANT))) await fill();

/** What an administrator does in Auth0's dashboard: a database connection, an application, users. */
async function fill() {
  const sender = { sender_email: 'auth@example.com', sender_name: 'Auth' };
  await data.tenants.create({ id: TENANT, name: 'Tenant', audience: 'default', language: 'en', ...sender });
  await data.keys.create(await createX509Certificate({ name: `CN=${TENANT}` }));
  await data.connections.create(TENANT, { id: CONNECTION, name: CONNECTION, strategy: CONNECTION });
  await data.applications.create(TENANT, {
    id: settings.clientId,
    name: 'Claimcheck',
    client_secret: settings.clientSecret,
    callbacks: settings.callbacks,
    allowed_logout_urls: settings.logoutUrls,
    web_origins: [],
    allowed_origins: [],
  });
  for (const { username, email, name, password } of settings.people) {
    const user_id = `auth2|${username}`;
    await data.users.create(TENANT, {
      user_id,
      email,
      name,
      nickname: username,
      email_verified: true,
      connection: CONNECTION,
      provider: 'auth2',
      is_social: false,
      app_metadata: { strategy: CONNECTION },
      last_ip: '',
      last_login: new Date().toISOString(),
    });
    await data.passwords.create(TENANT, { user_id, password: bcrypt.hashSync(password, 4), algorithm: 'bcrypt' });
  }
}

/** The Action of the Login flow in docs/providers/auth0.md. */
const hooks = {
  onExecuteCredentialsExchange: async ({ user }, api) => {
    const person = settings.people.find(({ email }) => email === user?.email);
    if (!person) return;
    api.idToken.setCustomClaim(settings.rolesClaim, person.roles);
    api.accessToken.setCustomClaim(settings.rolesClaim, person.roles);
  },
};

async function newestKey() {
  return (await data.keys.list()).filter(({ revoked_at }) => !revoked_at).at(-1);
}

async function signed(claims, typ) {
  const { kid, pkcs7 } = await newestKey();
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'RS256', typ, kid })}.${part(claims)}`;
  return `${input}.${sign('RSA-SHA256', Buffer.from(input), createPrivateKey(pkcs7)).toString('base64url')}`;
}

/** For box.ts, on a port that browsers and the app do not know. */
const control = new Hono()
  .post('/sign', async (ctx) => {
    const { claims, typ } = await ctx.req.json();
    return ctx.json({ token: await signed(claims, typ) });
  })
  .get('/sessions/:id', async (ctx) => {
    const session = await data.sessions.get(TENANT, ctx.req.param('id'));
    const user = session && !session.revoked_at && (await data.users.get(TENANT, session.user_id));
    return ctx.json({ email: user?.email ?? null });
  })
  .delete('/sessions', async (ctx) => {
    await db.deleteFrom('sessions').execute();
    return ctx.json({});
  })
  .delete('/sessions/:email', async (ctx) => {
    const q = `email:${ctx.req.param('email')}`;
    const { users } = await data.users.list(TENANT, { page: 0, per_page: 10, include_totals: false, q });
    const found = await db.selectFrom('sessions').select(['id', 'user_id']).where('revoked_at', 'is', null).execute();
    const theirs = found.filter(({ user_id }) => users.some((user) => user.user_id === user_id));
    for (const { id } of theirs) await data.sessions.update(TENANT, id, { revoked_at: new Date().toISOString() });
    return ctx.json(theirs.map(({ id, user_id }) => ({ sid: id, sub: user_id })));
  })
  .delete('/refresh-tokens/:id', async (ctx) => ctx.json(await data.refreshTokens.remove(TENANT, ctx.req.param('id'))))
  /** As "Rotate & revoke signing key" does: tokens of the old key are no longer good. */
  .post('/keys', async (ctx) => {
    await db.deleteFrom('keys').execute();
    await data.keys.create(await createX509Certificate({ name: `CN=${TENANT}-${randomUUID()}` }));
    return ctx.json({});
  });

const app = new Hono().route('/u', universalApp).route('/', oauthApp);
const JWKS_SERVICE = { fetch: (url) => app.fetch(new Request(url), env) };
const env = {
  ISSUER: settings.issuer,
  OAUTH_API_URL: settings.issuer,
  AUTH_URL: settings.issuer,
  API_URL: `http://127.0.0.1:${settings.port}`,
  JWKS_SERVICE,
  JWKS_URL: `http://127.0.0.1:${settings.port}/.well-known/jwks.json`,
  data,
  hooks,
};
serve({ fetch: (request) => app.fetch(request, env), port: settings.port, hostname: '127.0.0.1' });
serve({ fetch: control.fetch, port: settings.controlPort, hostname: '127.0.0.1' });
console.log(`authhero at 127.0.0.1:${settings.port} as ${settings.issuer}`);
