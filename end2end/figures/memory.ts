// The cost of many signed-in sessions: memory of the process, and the files of the SQLite store.
import { ada, jonas, type ProviderKind } from '../support/providers.ts';
import { onBench, STORES, type Bench } from './support/bench.ts';
import { Browser, closeConnections } from './support/browser.ts';
import { crowd } from './support/crowd.ts';
import { isSignedIn } from './support/pages.ts';
import { count, line, megabytes, promise, table } from './support/report.ts';
import { signIn } from './support/sign_in.ts';
import { disk, memory } from './support/usage.ts';

const SESSIONS = count('SESSIONS', 10_000);
const AT_ONCE = count('AT_ONCE', 16);
/** Before the first reading under load, so that one-time growth (pools, caches) does not count for the sessions. */
const WARM_UP = count('WARM_UP', 200);
const PROVIDER: ProviderKind = 'demo';

export async function memoryOfSessions(): Promise<void> {
  line(`${SESSIONS} people sign in at the ${PROVIDER} provider, ${AT_ONCE} at a time, and see one page each.`);
  const rows: string[][] = [];
  for (const store of STORES) {
    await onBench({ provider: PROVIDER, store }, async (bench) => {
      const read = () => ({ ...memory(bench.app.pid), ...disk(bench.database) });
      const fresh = read();
      await people(bench, WARM_UP);
      const warm = read();
      const start = performance.now();
      await people(bench, SESSIONS / 2);
      const half = read();
      await people(bench, SESSIONS / 2);
      const seconds = (performance.now() - start) / 1_000;
      await closeConnections();
      const full = read();
      const on = (name: string, at: typeof full, since?: typeof full, sessions = 0) => [
        `${store}, ${name}`,
        megabytes(at.resident),
        megabytes(at.peak),
        since ? `${((at.resident - since.resident) / sessions).toFixed(0)} B` : '',
        store === 'sqlite' ? megabytes(at.database) : '',
        store === 'sqlite' ? megabytes(at.log) : '',
        store === 'sqlite' && since ? `${((at.database - since.database) / sessions).toFixed(0)} B` : '',
        store === 'sqlite' ? String(at.sessions ?? '') : '',
      ];
      rows.push(
        on('fresh', fresh),
        on(`after ${WARM_UP}`, warm),
        on(`after ${SESSIONS / 2} more`, half, warm, SESSIONS / 2),
        on(`after ${SESSIONS} more`, full, half, SESSIONS / 2),
      );
      line(`${store}: ${(SESSIONS / seconds).toFixed(0)} sign-ins a second, all processes on this machine.`);
      if (full.sessions !== undefined) promise('every session has its row', full.sessions === WARM_UP + SESSIONS);
    });
  }
  table(['store, when', 'resident', 'peak', 'each session since', 'database', 'its log', 'on disk each', 'rows'], rows);
}

async function people(bench: Bench, sessions: number): Promise<void> {
  await crowd(sessions, AT_ONCE, async (index) => {
    const page = await signIn(new Browser(), bench, index % 2 ? jonas : ada);
    if (!isSignedIn(page)) throw new Error(`a sign-in ended with ${page.status}`);
    // The recorded exchanges are not needed here, and would pile up.
    if (index % 100 === 0) bench.provider.forget();
  });
}
