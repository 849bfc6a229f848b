// The part of growth.ts about sessions: a page among more of them, and the memory and disk space of one more.
import { signInMany } from '../faults/people.ts';
import { World } from '../faults/world.ts';
import type { Growth } from './growth.ts';
import { STORES, type StoreKind } from './support/bench.ts';
import { closeConnections } from './support/browser.ts';
import { Crowded } from './support/crowded.ts';
import { readInRounds, type Point } from './support/fit.ts';
import { spell } from './support/load.ts';
import { count, line } from './support/report.ts';
import { memory, sqliteBytes } from './support/usage.ts';

const REQUESTS = count('REQUESTS', 630);
const ROUNDS = count('ROUNDS', 21);
const WARM_UP = count('WARM_UP', 100);
/** Multiplies the numbers of sessions; a fraction is enough to see whether the figure works. */
const SCALE = count('SCALE', 1);

const SESSIONS: Record<StoreKind, number[]> = { sqlite: [100, 1_000, 10_000, 100_000], memory: [100, 1_000, 2_000, 4_000] };
/** Real sign-ins, after those that fill pools and caches. */
const SIGNED_IN = [1_000, 2_000, 3_000, 4_000, 5_000];
/** What the process itself may hold of a session, in bytes: all of it in memory, and with SQLite what it has learned of it. */
const MOST_RESIDENT: Record<StoreKind, number> = { memory: 8_000, sqlite: 1_000 };
/** Record, tokens and label of a session, encrypted, its line in the list of activity, and all indexes. */
const MOST_ON_DISK = 6_000;

const scaled = (numbers: number[]) => numbers.map((number) => Math.max(8, Math.round(number * SCALE)));

export async function sessions(): Promise<Growth[]> {
  const found: Growth[] = [];
  for (const store of STORES) found.push(await pages(store));
  for (const store of STORES) found.push(...(await bytes(store)));
  return found;
}

function pages(store: StoreKind): Promise<Growth> {
  return Crowded.among(store, scaled(SESSIONS[store]), async (all) => {
    for (const { target } of all) await spell(target, WARM_UP, 1);
    const rounds = await readInRounds(all, ROUNDS, async ({ target }) => (await spell(target, Math.ceil(REQUESTS / ROUNDS), 1)).cpu * 1_000);
    return { what: `CPU of a page, by sessions in ${store}`, unit: 'µs', kind: 'flat', rounds };
  });
}

/** Everyone signs in, sees a page and stays; what the process and the file have then. */
async function bytes(store: StoreKind): Promise<Growth[]> {
  const world = await World.start({ store, accessTokenSecs: 3_600, settings: { CLAIMCHECK_IDLE_SECS: '43200' } });
  const [resident, onDisk]: [Point[], Point[]] = [[], []];
  try {
    const { pid } = world.app.process;
    let there = 0;
    for (const number of scaled(SIGNED_IN)) {
      for (const person of await signInMany(world, number - there, `person-${there}`)) {
        const { sight } = await person.look(world);
        if (sight !== 'data') throw new Error(`a page showed: ${sight}`);
      }
      there = number;
      await closeConnections();
      resident.push({ x: number, y: memory(pid).resident });
      if (store === 'sqlite') onDisk.push({ x: number, y: sqliteBytes(world.database) });
      line(`${number} sessions in ${store}: ${resident.at(-1)!.y} bytes resident${store === 'sqlite' ? `, ${onDisk.at(-1)!.y} on disk` : ''}`);
    }
  } finally {
    await world.stop();
  }
  const onStore: Growth = { what: `resident memory, by sessions in ${store}`, unit: 'B', kind: 'linear', rounds: [resident], most: MOST_RESIDENT[store] };
  const inFile: Growth = { what: 'bytes on disk, by sessions in sqlite', unit: 'B', kind: 'linear', rounds: [onDisk], most: MOST_ON_DISK };
  return store === 'sqlite' ? [onStore, inFile] : [onStore];
}
