// The release binary behind nginx and Caddy as the book configures them: at the root of an origin, and below a path, with
// the path kept and taken off. `setup/proxies.sh` runs it. A check that fails ends the run with status 1.
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser, type Page } from '../figures/support/browser.ts';
import { line } from '../figures/support/report.ts';
import { passProvider } from '../figures/support/sign_in.ts';
import type { Process } from '../support/process.ts';
import { ada } from '../support/providers.ts';
import { Authority } from '../support/tls.ts';
import { THEIRS, World, type Configuration } from './servers.ts';

const AT_THE_ROOT: Configuration[] = [
  { kind: 'nginx', page: 'proxy', heading: 'nginx' },
  { kind: 'caddy', page: 'proxy', heading: 'Caddy' },
];
const BELOW_A_PATH: Configuration[] = [
  { kind: 'nginx', page: 'path', heading: 'nginx, path kept' },
  { kind: 'nginx', page: 'path', heading: 'nginx, path taken off' },
  { kind: 'caddy', page: 'path', heading: 'Caddy, path kept' },
  { kind: 'caddy', page: 'path', heading: 'Caddy, path taken off' },
];
/** An event that takes longer was held back. */
const AT_ONCE_MS = 2_000;
/** The proxy is ready within this time. */
const READY_MS = 10_000;

let failures = 0;
function check(text: string, isRight: boolean, found: unknown = ''): void {
  line(`${isRight ? 'ok    ' : 'WRONG '} ${text}${isRight ? '' : `: ${String(found)}`}`);
  if (!isRight) failures += 1;
}

const authority = await Authority.make();
try {
  for (const [host, path, configurations] of [
    ['dashboard.example.com', '', AT_THE_ROOT],
    ['intranet.example.com', '/dash', BELOW_A_PATH],
  ] as const) {
    const world = await World.start(host, path, authority);
    try {
      for (const configuration of configurations) {
        line(`\n## ${configuration.kind}: ${configuration.page}.md, ${configuration.heading}`);
        const proxy = await world.proxy(configuration);
        try {
          await ready(world, proxy);
          await behind(world, authority.ca);
        } finally {
          await proxy.stop();
        }
      }
      await pastTheProxy(world);
    } finally {
      await world.stop();
    }
  }
} finally {
  await authority.forget();
}
line(failures ? `\n${failures} checks failed` : '\nall checks passed');
process.exit(failures ? 1 : 0);

async function ready(world: World, proxy: Process): Promise<void> {
  const browser = new Browser({ ca: authority.ca, withinMs: 1_000 });
  for (const deadline = Date.now() + READY_MS; ; await sleep(50)) {
    const status = await browser.get(`${world.address}/health/live`).then((page) => page.status, () => 0);
    if (status === 200) return;
    if (!proxy.isRunning || Date.now() > deadline) throw new Error(`${proxy.name} is not ready (status ${status}): ${proxy.output}`);
  }
}

/** Everything through one proxy. */
async function behind(world: World, ca: string): Promise<void> {
  const browser = new Browser({ ca, withinMs: 20_000 });
  const { address, path } = world;
  const home = await browser.get(`${address}/`);
  check('home is there', home.status === 200 && home.body.includes(`href="${path}/auth/sign-in`), home.status);

  // A long address, so that the redirect carries much sealed state.
  const long = `/boards/orders?note=${'x'.repeat(2_000)}`;
  const asked = await browser.get(address + long);
  const authorize = Browser.onward(asked) ?? '';
  check('a long address begins a sign-in', asked.status === 303 && authorize.length > 2_000, `${asked.status}, ${authorize.length} bytes`);
  check('the redirect URI is below the public URL', new URL(authorize).searchParams.get('redirect_uri') === `${address}/auth/callback`, authorize);

  const back = await passProvider(browser, { origin: world.origin }, authorize, ada);
  const landed = await browser.get(back);
  const target = Browser.onward(landed) ?? '';
  const wanted = new URL(target).pathname.endsWith('/auth/zone') ? new URL(new URL(target).searchParams.get('return_to') ?? '', target).href : target;
  check('the sign-in leads back to the address', wanted === address + long, wanted.slice(0, 80));
  const cookies = landed.headers['set-cookie'] ?? [];
  const [prefix, attribute] = path ? ['__Secure-claimcheck', `; Path=${path}`] : ['__Host-claimcheck', '; Path=/'];
  check(
    'cookies have their prefix, the path, and Secure',
    cookies.length > 0 && cookies.every((cookie) => cookie.startsWith(prefix) && cookie.split(/(?=; )/).includes(attribute) && cookie.includes('; Secure')),
    cookies.map((cookie) => cookie.replace(/=[^;]*/, '=…')).join(' | '),
  );

  const board = await browser.get(`${address}/boards/orders`);
  check('the board has its rows', board.status === 200 && board.body.includes('<tbody'), board.status);
  const stray = addresses(board).filter((url) => url.startsWith(world.origin) && !isBelow(url, address));
  check('every address of the board is below the public URL', stray.length === 0, stray.join(' '));
  await files(browser, board, address);
  await stream(world, browser, ca);
  await signOut(world, new Browser({ ca, withinMs: 20_000 }));
  if (path) await outside(world, browser);
}

async function files(browser: Browser, board: Page, address: string): Promise<void> {
  const site = /const site = "([^"]+)"/.exec(board.body)?.[1] ?? '';
  const linked = addresses(board).filter((url) => url.includes('/pkg/') || url.includes('/favicon'));
  const all = [...new Set([...linked, ...['.js', '.wasm'].map((ending) => new URL(site + ending, address).href)])];
  const wrong: string[] = [];
  for (const url of all) {
    const { status, headers } = await browser.send('GET', url, { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty', accept: '*/*' });
    if (status !== 200 || headers['content-type']?.startsWith('text/html')) wrong.push(`${url} ${status}`);
  }
  check(`${all.length} files are there`, all.length >= 3 && wrong.length === 0, wrong.join(' '));
}

/** The stream of events: its first event arrives at once, and so does the end of the session. */
async function stream(world: World, browser: Browser, ca: string): Promise<void> {
  const { hostname, port } = new URL(world.address);
  const path = `${world.path}/auth/events`;
  const headers = {
    host: `${hostname}:${port}`,
    accept: 'text/event-stream',
    cookie: browser.cookieHeader(world.address + '/auth/events'),
    'sec-fetch-mode': 'cors',
    'sec-fetch-dest': 'empty',
    'sec-fetch-site': 'same-origin',
  };
  let text = '';
  const request = https.get({ host: '127.0.0.1', port, path, headers, servername: hostname, ca, agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.on('error', () => undefined);
  });
  request.on('error', () => undefined);
  const comes = async (part: string) => {
    const start = Date.now();
    while (!text.includes(part) && Date.now() - start < AT_ONCE_MS) await sleep(20);
    return text.includes(part);
  };
  check('the first event arrives at once, while the stream is open', await comes('data:'), text);
  await world.endSessions();
  check('the end of the session arrives at once', await comes('data: ended'), text);
  request.destroy();
}

async function signOut(world: World, browser: Browser): Promise<void> {
  const { address, path } = world;
  const begun = Browser.onward(await browser.get(`${address}/account`)) ?? '';
  await browser.get(await passProvider(browser, { origin: world.origin }, begun, ada));
  const page = await browser.post(`${address}/auth/sign-out`, {});
  const removed = page.headers['set-cookie']?.find((cookie) => /Max-Age=0/i.test(cookie)) ?? '';
  check('a sign-out removes the cookie at its path', page.status === 200 && removed.includes(`; Path=${path || '/'}`), removed);
  const cleared = page.headers['clear-site-data'];
  check('it empties the storage of the origin at its root only', path ? cleared === undefined : cleared !== undefined, cleared);
  const end = addresses(page).find((url) => url.includes('post_logout_redirect_uri')) ?? 'none:';
  const last = new URL(end).searchParams.get('post_logout_redirect_uri');
  check('the provider leads back to the public URL', last === `${address}/`, last);
  const after = await browser.get(`${address}/account`);
  check('the session has ended', after.status === 303 && (Browser.onward(after) ?? '').includes('redirect_uri'), after.status);
}

/** Paths of the origin that are not ours. */
async function outside(world: World, browser: Browser): Promise<void> {
  for (const path of ['/', '/boards', '/dashboard']) {
    const { status, body } = await browser.get(world.origin + path);
    check(`${path} is of the other application`, status === 200 && body === THEIRS, status);
  }
  const bare = await browser.get(world.address);
  const onward = Browser.onward(bare);
  check('the path without a slash leads to home', bare.status === 200 || onward === `${world.address}/`, `${bare.status} ${onward}`);
}

/** Without a proxy, nothing is outside of the path. */
async function pastTheProxy(world: World): Promise<void> {
  if (!world.path) return;
  const host = new URL(world.address).host;
  const browser = new Browser({ from: '127.0.0.9' });
  for (const path of ['/', '/boards/orders', '/auth/sign-in', '/dashboard', '/DASH/boards']) {
    const { status } = await browser.send('GET', `http://127.0.0.1:${world.appPort}${path}`, { host, 'x-forwarded-for': '203.0.113.7' });
    check(`past the proxy, nothing answers at ${path}`, status === 404, status);
  }
}

/** Every address in links, forms and refreshes of a page. */
function addresses({ body, url }: Page): string[] {
  const found = [...body.matchAll(/\s(?:href|src|action)="([^"#][^"]*)"|content="\d+; url=([^"]*)"/g)];
  return found.map(([, link, refresh]) => new URL((link ?? refresh ?? '').replaceAll('&amp;', '&'), url).href);
}

function isBelow(url: string, address: string): boolean {
  return url.startsWith(address) && ['', '/', '?', '#'].includes(url.charAt(address.length));
}
