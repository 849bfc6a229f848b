// The cost of many signed-in sessions: memory of the process, and the files of the SQLite store. Each session is of
// another person, because one person may have few; the provider is that of the suite of faults, which knows everybody.
import { Person } from '../faults/people.ts';
import { World } from '../faults/world.ts';
import { STORES } from './support/bench.ts';
import { closeConnections } from './support/browser.ts';
import { crowd } from './support/crowd.ts';
import { count, line, megabytes, promise, table } from './support/report.ts';
import { disk, memory } from './support/usage.ts';

const SESSIONS = count('SESSIONS', 10_000);
const AT_ONCE = count('AT_ONCE', 16);
/** Before the first reading under load, so that one-time growth (pools, caches) does not count for the sessions. */
const WARM_UP = count('WARM_UP', 200);
const RESIDENT_AT_MOST = 40e6;

export async function memoryOfSessions(): Promise<void> {
  line(`${SESSIONS} people sign in, ${AT_ONCE} at a time, and see one page each.`);
  const rows: string[][] = [];
  for (const store of STORES) {
    const world = await World.start({ store, accessTokenSecs: 3_600, settings: { CLAIMCHECK_IDLE_SECS: '43200' } });
    try {
      const { pid } = world.app.process;
      const read = () => ({ ...memory(pid), ...disk(store === 'sqlite' ? world.database : undefined) });
      const fresh = read();
      await people(world, 'first', WARM_UP);
      const warm = read();
      const start = performance.now();
      await people(world, 'half', SESSIONS / 2);
      const half = read();
      await people(world, 'rest', SESSIONS / 2);
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
      if (store === 'sqlite') {
        promise(`${store}: ${megabytes(full.resident)} resident with all sessions, at most ${megabytes(RESIDENT_AT_MOST)}`, full.resident <= RESIDENT_AT_MOST);
      }
    } finally {
      await world.stop();
    }
  }
  table(['store, when', 'resident', 'peak', 'each session since', 'database', 'its log', 'on disk each', 'rows'], rows);
}

async function people(world: World, name: string, sessions: number): Promise<void> {
  await crowd(sessions, AT_ONCE, async (index) => {
    const person = await new Person(`${name}-${index}`).signIn(world);
    const { sight, status } = await person.look(world);
    if (sight !== 'data') throw new Error(`a sign-in ended with ${status}: ${sight}`);
  });
}
