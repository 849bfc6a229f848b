// The data left by hostile browsers: page views with forged cookies and odd requests, and sign-ins with manipulated
// callbacks. Memory and store before and after; and a user who was signed in throughout still is.
import { randomBytes } from 'node:crypto';
import { ada } from '../support/providers.ts';
import { onBench, STORES, type Bench } from './support/bench.ts';
import { Browser, closeConnections, type Page } from './support/browser.ts';
import { crowd } from './support/crowd.ts';
import { board } from './support/pages.ts';
import { count, line, megabytes, millis, promise, quantile, table } from './support/report.ts';
import { signIn, start } from './support/sign_in.ts';
import { disk, memory } from './support/usage.ts';

const VIEWS = count('VIEWS', 100_000);
const SIGN_INS = count('SIGN_INS', 100_000);
const AT_ONCE = count('AT_ONCE', 16);
/** Each part is read in quarters: growth that is only warm-up stops. */
const READINGS = 4;

interface Attack {
  name: string;
  /** The status of an honest server. */
  status: number;
  /** Replay cache entries that it leaves until they expire. */
  marks?: number;
  act: (bench: Bench) => Promise<Page>;
}

export async function attack(): Promise<void> {
  line(`${VIEWS} page views and ${SIGN_INS} sign-ins, in equal parts of each kind.`);
  const rows: string[][] = [];
  for (const store of STORES) {
    await onBench({ provider: 'demo', store }, async (bench) => {
      const person = new Browser();
      await signIn(person, bench, ada);
      const latency = async () => {
        const pages: Page[] = [];
        await crowd(50, 1, async () => pages.push(await person.get(bench.origin + board())));
        if (pages.some(({ status }) => status !== 200)) throw new Error('the person is no longer signed in');
        return quantile(pages.map(({ ms }) => ms), 0.5);
      };
      const before = await latency();
      const own = disk(bench.database).marks ?? 0;
      let last = memory(bench.app.pid).resident;
      const read = (name: string, times: number) => {
        const { resident, peak } = memory(bench.app.pid);
        const now = disk(bench.database);
        const grown = times ? `${((resident - last) / times).toFixed(1)} B` : '';
        const stored = [`${now.sessions ?? '?'}`, `${now.marks ?? '?'}`, megabytes(now.database + now.log)];
        rows.push([`${store}, ${name}`, megabytes(resident), megabytes(peak), grown, ...stored.map((cell) => (bench.database ? cell : ''))]);
        last = resident;
      };
      read('fresh', 0);
      for (const [name, times, attacks] of [['views', VIEWS, views], ['sign-ins', SIGN_INS, signIns]] as const) {
        for (let reading = 1; reading <= READINGS; reading++) {
          await crowd(times / READINGS, AT_ONCE, async (index) => {
            const { name, status, act } = attacks[index % attacks.length]!;
            const page = await act(bench);
            if (page.status !== status) throw new Error(`${name}: ${page.status} instead of ${status}\n${page.body.slice(0, 500)}`);
            if (page.headers['set-cookie']?.some((cookie) => /^(__Host-)?claimcheck=[^;]/.test(cookie))) {
              throw new Error(`${name}: a session was given away`);
            }
          });
          read(`${(times / READINGS) * reading} × ${name}`, times / READINGS);
        }
      }
      await closeConnections();
      read('all of it, connections closed', 0);
      const after = await latency();
      line(`${store}: median page of the person who is signed in: ${millis(before)} before, ${millis(after)} after.`);
      if (bench.database) {
        const { sessions, marks } = disk(bench.database);
        const used = Math.ceil((SIGN_INS / signIns.length) * signIns.reduce((sum, { marks }) => sum + (marks ?? 0), 0));
        promise('no session but the one of the person', sessions === 1);
        promise(`marks of used-up transactions only: at most ${used + own}`, (marks ?? 0) <= used + own);
      }
      promise('the person is signed in, and somebody else can sign in', (await signIn(new Browser(), bench, ada)).status === 200);
    });
  }
  table(['store, after', 'resident', 'peak', 'each since', 'rows of `session`', 'of `consumed`', 'file and log'], rows);
  for (const { name, status } of [...views, ...signIns]) line(`- ${name}: ${status}`);
}

const text = (bytes: number) => randomBytes(bytes).toString('base64url');
const at = (path: string, headers = {}, method = 'GET', body = '') => (bench: Bench) =>
  new Browser().send(method, bench.origin + path, { 'sec-fetch-site': 'none', ...headers }, body);
const form = { 'content-type': 'application/x-www-form-urlencoded' };

const views: Attack[] = [
  { name: 'a made-up session cookie', status: 303, act: (bench) => at('/account', { cookie: `claimcheck=${text(32)}` })(bench) },
  { name: 'cookies of 4 kB', status: 303, act: (bench) => at(board(), { cookie: `claimcheck=${text(3_000)}` })(bench) },
  { name: 'texts in the address of a page', status: 200, act: at('/?__err=PHNjcmlwdD4&return_to=%2F%2Fevil.example&error_description=%3Cscript%3E') },
  { name: 'an address that is too long', status: 414, act: at(`/${'a'.repeat(9_000)}`) },
  { name: 'a sign-out from another site', status: 403, act: at('/auth/sign-out', { ...form, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 'POST') },
  { name: 'a made-up logout token', status: 400, act: (bench) => at('/auth/back-channel-logout', form, 'POST', `logout_token=${text(12)}.${text(90)}.${text(64)}`)(bench) },
];

const signIns: Attack[] = [
  { name: 'a callback with an altered state', status: 400, act: (bench) => comeBack(bench, (url) => url.searchParams.set('state', `x${url.searchParams.get('state')}`)) },
  { name: 'a callback in another browser: a sign-in of its own', status: 303, act: (bench) => comeBack(bench, () => {}, new Browser()) },
  { name: 'a callback with another issuer', status: 400, marks: 1, act: (bench) => comeBack(bench, (url) => url.searchParams.set('iss', 'https://evil.example')) },
  { name: 'an error in the name of the provider', status: 403, marks: 1, act: (bench) => comeBack(bench, (url) => { url.searchParams.delete('code'); url.searchParams.set('error', 'access_denied'); }) },
  { name: 'a made-up code', status: 502, marks: 1, act: (bench) => comeBack(bench, () => {}) },
  { name: 'left at the provider', status: 200, act: async (bench) => { const browser = new Browser(); return browser.get(await start(browser, bench)); } },
];

/** A sign-in that is started, with a forged authorization response. */
async function comeBack(bench: Bench, tamper: (url: URL) => void, other?: Browser): Promise<Page> {
  const browser = new Browser();
  const request = new URL(await start(browser, bench));
  const url = new URL('/auth/callback', bench.origin);
  url.searchParams.set('code', text(32));
  url.searchParams.set('state', request.searchParams.get('state') ?? '');
  url.searchParams.set('iss', bench.provider.origin);
  tamper(url);
  return (other ?? browser).get(url.href);
}
