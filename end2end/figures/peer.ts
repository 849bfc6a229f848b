// A page of 50 orders by the app and by its peer: Express, express-openid-connect and EJS with NODE_ENV=production,
// with npm's oidc-provider and the same API. The peer keeps its sessions in memory, the app in memory and in SQLite. The
// page is compared as sent without compression, which the peer does not have; the app's with brotli is shown beside it.
// Requests per second, 32 at once and one at a time, CPU time, and the memory of each process afterwards. Then the CPU
// time of sign-ins. CLAIMCHECK_BEFORE=PATH adds another binary of the app.
//
// Provider, API and client run on the same machine and slow all; on two cores they limit the faster one, so its lead in
// requests a second is understated; CPU time is that of the process alone. All take turns; a ratio is the median over the
// rounds. Each session has one request at a time, because the app makes one API call for concurrent requests of a
// session.
import { fileURLToPath } from 'node:url';
import { compareSignIns } from './peer_sign_in.ts';
import { BEFORE, Bench, STORES, type StoreKind } from './support/bench.ts';
import { closeConnections } from './support/browser.ts';
import { spell, type Target } from './support/load.ts';
import { startPeer } from './support/peer.ts';
import { count, line, megabytes, millis, promise, quantile, table } from './support/report.ts';
import { ROWS, sideOfApp, sideOfPeer, signedIn, type Side, type SignedIn } from './support/sides.ts';
import { inTurns } from './support/turns.ts';
import { memory } from './support/usage.ts';

const REQUESTS = count('REQUESTS', 3_000);
const ROUNDS = count('ROUNDS', 6);
const WARM_UP = count('WARM_UP', 1_000);
/** More than there are concurrent requests, so that a slow response does not overlap the next request of its session. */
const SESSIONS = count('SESSIONS', 64);
const AT_ONCE = [32, 1];
/** What a page of the app may cost, as a share of the peer's CPU time. */
const PAGE_AT_MOST: Record<string, number> = { 'app, memory': 0.35, 'app, sqlite': 0.4 };
const SIGN_IN_AT_MOST: Record<string, number> = { 'app, memory': 0.35 };
const CONFIG = fileURLToPath(new URL('support/peer.toml', import.meta.url));

export async function peer(): Promise<void> {
  line(`${REQUESTS} requests each in ${ROUNDS} rounds, taking turns, of ${SESSIONS} sessions each, after ${WARM_UP} to warm up`);
  // Each process that is started listens for the end of this one.
  process.setMaxListeners(50);
  const stops: (() => Promise<void>)[] = [];
  try {
    const sides: Side[] = [];
    const start = async (name: string, store: StoreKind, binary?: string): Promise<Bench> => {
      const bench = await Bench.start({ provider: 'oidc-provider', store, config: CONFIG, ...(binary && { binary }) });
      stops.push(() => bench.stop());
      sides.push(sideOfApp(name, bench));
      return bench;
    };
    const benches: Bench[] = [];
    for (const store of STORES) benches.push(await start(`app, ${store}`, store));
    for (const store of BEFORE ? STORES : []) await start(`before, ${store}`, store, BEFORE);
    // Its provider and API are those of the first app.
    const other = await startPeer(benches[0]!);
    stops.push(() => other.process.stop());
    sides.push(sideOfPeer('peer', benches[0]!, other));
    await comparePages(sides);
    await compareSignIns(sides, SIGN_IN_AT_MOST);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** `sides` ends with the peer. */
async function comparePages(sides: Side[]): Promise<void> {
  const all: SignedIn[] = [];
  for (const side of sides) all.push(await signedIn(side, SESSIONS));
  const [first] = all;
  promise(`all pages show the same ${ROWS} orders`, first?.orders.length === ROWS && all.every(({ orders }) => orders.join() === first.orders.join()));
  line(`Bytes of HTML: ${all.map(({ side, bytes }) => `${bytes} of ${side.name}`).join(', ')}.`);

  const plain = all.map(({ side, target }) => ({ name: side.name, target }));
  const packed = all.slice(0, -1).map(({ side, target }) => ({ name: `${side.name}, brotli`, target: withBrotli(target) }));
  const contestants = [...packed, ...plain];
  const measured: string[][] = [];
  for (const atOnce of AT_ONCE) {
    for (const { target } of contestants) await spell(target, WARM_UP, atOnce);
    const spells = await inTurns(contestants, ROUNDS, ({ target }) => spell(target, Math.ceil(REQUESTS / ROUNDS), atOnce));
    const peers = spells.at(-1)!;
    const rows = contestants.map(({ name }, index) => {
      const mine = spells[index]!;
      const median = (of: 'cpu' | 'perSecond') => quantile(mine.map((each) => each[of]), 0.5);
      const ratio = (of: 'cpu' | 'perSecond') => quantile(mine.map((each, round) => each[of] / peers[round]![of]), 0.5);
      const limit = PAGE_AT_MOST[name];
      if (limit !== undefined) {
        promise(`${name}, ${atOnce} at once: a page costs ${ratio('cpu').toFixed(3)} of the peer's CPU, at most ${limit}`, ratio('cpu') <= limit);
      }
      return [`${name}, ${atOnce} at once`, millis(median('cpu')), ratio('cpu').toFixed(2), median('perSecond').toFixed(0), ratio('perSecond').toFixed(2)];
    });
    // What is compared comes first.
    measured.push(...rows.slice(packed.length), ...rows.slice(0, packed.length));
  }
  table(['a page', 'CPU', 'of the peer', 'requests a second', 'of the peer'], measured);

  await closeConnections();
  const peerMemory = memory(sides.at(-1)!.pid);
  table(
    ['memory', 'after it', 'of the peer', 'the most', 'of the peer'],
    sides.map(({ name, pid }) => {
      const { resident, peak } = memory(pid);
      return [name, megabytes(resident), (resident / peerMemory.resident).toFixed(2), megabytes(peak), (peak / peerMemory.peak).toFixed(2)];
    }),
  );
}

function withBrotli({ headers, ...target }: Target): Target {
  const of = typeof headers === 'function' ? headers : () => headers;
  return { ...target, headers: (index) => ({ ...of(index), 'accept-encoding': 'br' }) };
}
