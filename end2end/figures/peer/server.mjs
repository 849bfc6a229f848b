// The peer of the figure of that name: the page of a board with one table, as a careful developer would write it with
// Express, express-openid-connect and EJS. It signs users in, keeps sessions in memory, calls the API with the user's
// access token, and refreshes that token when it has expired. It runs with NODE_ENV=production. The settings are JSON
// in PEER_SETTINGS: port, origin, issuer, clientId, clientSecret, idTokenAlg, scope, resource, api.
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import express from 'express';
import openid from 'express-openid-connect';
import createMemoryStore from 'memorystore';

const { auth, requiresAuth } = openid;
const settings = JSON.parse(process.env.PEER_SETTINGS);
const MINUTE_MS = 60_000;
const HOUR_S = 3_600;

const MemoryStore = createMemoryStore(auth);
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
const number = new Intl.NumberFormat('en');

const app = express();
app.disable('x-powered-by');
app.set('views', fileURLToPath(new URL('views', import.meta.url)));
app.set('view engine', 'ejs');

app.get('/health', (_request, response) => {
  response.type('text').send('ok\n');
});

app.use(
  auth({
    baseURL: settings.origin,
    issuerBaseURL: settings.issuer,
    clientID: settings.clientId,
    clientSecret: settings.clientSecret,
    clientAuthMethod: 'client_secret_basic',
    idTokenSigningAlg: settings.idTokenAlg,
    authRequired: false,
    enableTelemetry: false,
    secret: randomBytes(32).toString('hex'),
    authorizationParams: { response_type: 'code', scope: settings.scope, resource: settings.resource },
    tokenEndpointParams: { resource: settings.resource },
    routes: { callback: '/auth/callback', login: '/auth/sign-in', logout: '/auth/sign-out' },
    session: { store: new MemoryStore({ checkPeriod: 10 * MINUTE_MS }), rollingDuration: 12 * HOUR_S },
  }),
);

app.get('/board', requiresAuth(), async (request, response) => {
  const { orders, total } = await get(request.oidc, '/orders?limit=50');
  response.set('cache-control', 'no-store').render('board', { user: request.oidc.user, orders, total, date, number });
});

/** The API's response for the signed-in user. */
async function get(oidc, path) {
  let token = oidc.accessToken;
  if (token.isExpired()) token = await token.refresh();
  const answer = await fetch(settings.api + path, { headers: { authorization: `Bearer ${token.access_token}` } });
  if (!answer.ok) throw new Error(`the API returned ${answer.status}`);
  return answer.json();
}

app.listen(settings.port, '127.0.0.1', () => console.log(`the peer is at 127.0.0.1:${settings.port} as ${settings.origin}`));
