// CPU time (user and system) that the app spends on one sign-in, step by step. The provider's pages are other processes
// and do not count. For comparison, one more page of the same session. At last the user signs out: a person may have
// fifty sessions, and a sign-in beyond it would also end the oldest one.
import { ada, type ProviderKind } from '../support/providers.ts';
import { onBench, type Bench, type StoreKind } from './support/bench.ts';
import { Browser } from './support/browser.ts';
import { sight } from './support/pages.ts';
import { count, line, mean, promise, quantile, sum, table } from './support/report.ts';
import { callback, passProvider, start } from './support/sign_in.ts';
import { cpuAtRest, cpuByTicks } from './support/usage.ts';

const SIGN_INS = count('SIGN_INS', 300);
const WARM_UP = count('WARM_UP', 20);

const CASES: { provider: ProviderKind; store: StoreKind }[] = [
  { provider: 'oidc-provider', store: 'memory' },
  { provider: 'oidc-provider', store: 'sqlite' },
  { provider: 'demo', store: 'memory' },
  { provider: 'demo', store: 'sqlite' },
];

const STEPS = ['authorization request', 'callback', 'first page', 'another page', 'sign-out'] as const;
type Spent = Record<(typeof STEPS)[number], number>;

export async function cpu(): Promise<void> {
  line(`${SIGN_INS} sign-ins each, one after the other, after ${WARM_UP} to warm up; milliseconds of CPU, mean (median).`);
  const rows: string[][] = [];
  for (const wanted of CASES) {
    await onBench(wanted, async (bench) => {
      for (let round = 0; round < WARM_UP; round++) await measured(bench);
      const { alg, requests } = shape(bench);
      const ticks = cpuByTicks(bench.app.pid);
      const spent: Spent[] = [];
      for (let round = 0; round < SIGN_INS; round++) spent.push(await measured(bench));
      const byTicks = cpuByTicks(bench.app.pid) - ticks;

      const all = STEPS.map((step) => spent.map((each) => each[step]));
      const [request = [], exchange = [], first = [], another = [], end = []] = all;
      const alone = request.map((ms, index) => ms + exchange[index]!);
      const whole = alone.map((ms, index) => ms + first[index]!);
      rows.push([
        `${wanted.provider}, ${alg}, ${wanted.store}`,
        ...[request, exchange, alone, first, whole, another, end].map(meanAndMedian),
        `${(mean(alone) / mean(another)).toFixed(2)} / ${(mean(whole) / mean(another)).toFixed(2)}`,
      ]);
      line(`${wanted.provider}, ${wanted.store}: the app asked the provider for ${requests} in one sign-in.`);
      const total = sum(all.map(sum));
      const adds = `the steps add up to what the process used: ${total.toFixed(0)} of ${byTicks.toFixed(0)} ms`;
      promise(adds, Math.abs(total - byTicks) < Math.max(20, byTicks / 10));
    });
  }
  table(
    [
      'provider, ID token, store',
      ...STEPS.slice(0, 2),
      'both: sign-in alone',
      'first page',
      'sign-in with first page',
      'another page',
      'sign-out',
      'sign-in alone / with page, in pages',
    ],
    rows,
  );
}

/** One sign-in of a new browser. */
async function measured(bench: Bench): Promise<Spent> {
  bench.provider.forget();
  const browser = new Browser();
  const read = () => cpuAtRest(bench.app.pid);

  const before = await read();
  const toProvider = await start(browser, bench);
  const requested = await read();
  const back = await passProvider(browser, bench, toProvider, ada);
  const returned = await read();
  const landing = await callback(browser, back);
  const exchanged = await read();
  const page = await browser.get(landing);
  const shown = await read();
  const again = await browser.get(landing);
  const shownAgain = await read();
  const { status } = await browser.post(`${bench.origin}/auth/sign-out`, {});
  const ended = await read();
  const seen = [page, again].map(sight);
  if (seen.some((each) => each !== 'data')) throw new Error(`the pages after a sign-in showed: ${seen.join(', ')}`);
  if (status !== 200) throw new Error(`a sign-out was answered with ${status}`);
  return {
    'authorization request': requested - before,
    callback: exchanged - returned,
    'first page': shown - exchanged,
    'another page': shownAgain - shown,
    'sign-out': ended - shownAgain,
  };
}

/** For the last sign-in: the algorithm of its ID token, and the app's requests to the provider. */
function shape(bench: Bench): { alg: string; requests: string } {
  const ours = bench.provider.exchanges.filter(({ requestHeaders }) => requestHeaders['user-agent']?.startsWith('claimcheck/'));
  const exchange = ours.find(({ form }) => form.grant_type === 'authorization_code')!;
  const { id_token } = JSON.parse(exchange.body) as { id_token: string };
  const header = JSON.parse(Buffer.from(id_token.split('.')[0]!, 'base64url').toString()) as { alg: string };
  return { alg: header.alg, requests: ours.map(({ method, path }) => `${method} ${path}`).join(', ') };
}

function meanAndMedian(values: number[]): string {
  return `${mean(values).toFixed(2)} (${quantile(values, 0.5).toFixed(2)})`;
}
