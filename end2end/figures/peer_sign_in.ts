// The CPU time of sign-ins by the app and by its peer: from the first request, which redirects to the provider, until the
// callback is answered with its redirect, and then the first page. Only that process counts, neither the provider nor the
// API. What a process does in the background meanwhile counts too, such as collecting garbage.
import { Browser } from './support/browser.ts';
import { crowd } from './support/crowd.ts';
import { count, line, millis, promise, quantile, table } from './support/report.ts';
import { assertOrders, signInAt, type Side } from './support/sides.ts';
import { inTurns } from './support/turns.ts';
import { cpuAtRest } from './support/usage.ts';

const SIGN_INS = count('SIGN_INS', 480);
const ROUNDS = count('SIGN_IN_ROUNDS', 6);
/** A just-in-time compiler needs hundreds. */
const WARM_UP = count('SIGN_IN_WARM_UP', 300);
const AT_ONCE = [16, 1];

interface Spent {
  /** Milliseconds of one sign-in. */
  signIn: number;
  /** Milliseconds of its first page. */
  page: number;
}

/** `sides` ends with the peer. An app whose name is a key of `atMost` may cost that share of the peer's sign-in. */
export async function compareSignIns(sides: Side[], atMost: Record<string, number>): Promise<void> {
  line(`${SIGN_INS} sign-ins each in ${ROUNDS} rounds, taking turns, after ${WARM_UP} to warm up.`);
  for (const side of sides) await batch(side, WARM_UP, AT_ONCE[0]!);
  const rows: string[][] = [];
  for (const atOnce of AT_ONCE) {
    const all = await inTurns(sides, ROUNDS, (side) => batch(side, Math.ceil(SIGN_INS / ROUNDS), atOnce));
    const peers = all.at(-1)!;
    for (const [index, { name }] of sides.entries()) {
      const mine = all[index]!;
      const ratio = (of: (spent: Spent) => number) => quantile(mine.map((spent, round) => of(spent) / of(peers[round]!)), 0.5);
      const cell = (of: (spent: Spent) => number) => [millis(quantile(mine.map(of), 0.5)), ratio(of).toFixed(2)];
      rows.push([`${name}, ${atOnce} at once`, ...cell(({ signIn }) => signIn), ...cell(({ signIn, page }) => signIn + page)]);
      const limit = atMost[name];
      if (limit === undefined) continue;
      const share = ratio(({ signIn }) => signIn);
      promise(`${name}, ${atOnce} at once: a sign-in costs ${share.toFixed(3)} of the peer's CPU, at most ${limit}`, share <= limit);
    }
  }
  table(['CPU of a sign-in', 'until the callback is answered', 'of the peer', 'with the first page', 'of the peer'], rows);
}

/** New browsers that sign in, then open their first page. */
async function batch(side: Side, signIns: number, atOnce: number): Promise<Spent> {
  const browsers = Array.from({ length: signIns }, () => new Browser());
  const before = await cpuAtRest(side.pid);
  await crowd(signIns, atOnce, (index) => signInAt(side, browsers[index]!));
  const signedIn = await cpuAtRest(side.pid);
  await crowd(signIns, atOnce, async (index) => assertOrders(side, await side.page(browsers[index]!)));
  const shown = await cpuAtRest(side.pid);
  // The recorded exchanges are not needed here, and would pile up.
  side.bench.provider.forget();
  return { signIn: (signedIn - before) / signIns, page: (shown - signedIn) / signIns };
}
