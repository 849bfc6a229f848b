// A hundred thousand sessions in each store: their memory and disk space, and what pages, sign-ins and logouts cost among
// them, beside the same among a hundred. Both installations run at the same time and take turns, so that whatever else
// the machine does affects both alike.
//
// The memory store can only be filled by real sign-ins, which takes time: it is measured with fewer. STORE=sqlite,redis
// selects stores.
import { Person } from '../faults/people.ts';
import type { StoreKind } from '../faults/world.ts';
import { closeConnections } from './support/browser.ts';
import { Crowded } from './support/crowded.ts';
import { centre } from './support/fit.ts';
import { count, line, megabytes, millis, promise, quantile, table } from './support/report.ts';
import { ACTS, costOf, OWN, type Cost } from './support/session_acts.ts';
import { sizeOf } from './support/store_size.ts';
import { inTurns } from './support/turns.ts';
import { memory, sqliteBytes } from './support/usage.ts';

const SESSIONS = count('SESSIONS', 100_000);
const IN_MEMORY = count('IN_MEMORY', 10_000);
const FEW = 100;
const ROUNDS = count('ROUNDS', 21);
const WARM_UP_ROUNDS = 2;
const KINDS: StoreKind[] = ['memory', 'sqlite', 'postgres', 'redis'];
/**
 * What it takes among many as a multiple of what it takes among few: deeper indexes and colder caches, and no search
 * through all, which would be many times as much. Times are those of disks and of all processes, which other programs
 * disturb more than CPU.
 */
const AT_MOST = { CPU: 1.2, time: 1.5 };

export async function hundredThousand(): Promise<void> {
  line(`What a session costs among ${FEW} and among ${SESSIONS} (${IN_MEMORY} in memory), in ${ROUNDS} rounds that take turns.`);
  const kinds = KINDS.filter((kind) => (process.env.STORE ?? KINDS.join()).split(',').includes(kind));
  const [costs, sizes, promises]: [string[][], string[][], (() => void)[]] = [[], [], []];
  for (const kind of kinds) {
    const sessions = kind === 'memory' ? IN_MEMORY : SESSIONS;
    await Crowded.among(kind, [FEW, sessions], async (both) => {
      for (const { world, person } of both) for (let own = 1; own < OWN; own++) await new Person(person.name).signIn(world);
      sizes.push(await sizesOf(kind, both));
      for (const act of ACTS) {
        await inTurns(both, WARM_UP_ROUNDS, (crowded) => costOf(act, crowded));
        const [few = [], many = []] = await inTurns(both, ROUNDS, (crowded) => costOf(act, crowded));
        const cells: string[] = [];
        for (const [what, of] of [['CPU', ({ cpu }: Cost) => cpu], ['time', ({ ms }: Cost) => ms]] as const) {
          const among = (costs: Cost[]) => quantile(costs.map(of), 0.5);
          const multiple = centre(many.map((cost, round) => of(cost) / of(few[round]!)));
          cells.push(millis(among(few)), millis(among(many)), `${multiple.value.toFixed(2)} ± ${multiple.error.toFixed(2)}`);
          const promised = `${kind}: ${act.name} among ${sessions} sessions takes ${multiple.value.toFixed(2)} times the ${what} that it takes among ${FEW}, at most ${AT_MOST[what]}`;
          promises.push(() => promise(promised, multiple.value <= AT_MOST[what]));
        }
        costs.push([`${kind}, ${act.name}`, ...cells]);
        line(costs.at(-1)!.join('  '));
      }
    });
  }
  table(['store, act', `CPU among ${FEW}`, 'among all', 'multiple', `time among ${FEW}`, 'among all', 'multiple'], costs);
  table(['store, sessions', 'memory of the app', 'each session', "of the store's server", 'each session', 'disk', 'each session'], sizes);
  promises.forEach((promised) => promised());
}

/** What many sessions need, and what each of them needs. In a database, most of them have not been seen by the process. */
async function sizesOf(kind: StoreKind, both: Crowded[]): Promise<string[]> {
  await closeConnections();
  const [few, many] = both.map(({ world, pid, number }) => {
    const { memory: server, disk } = world.store ? sizeOf(world.store, world.storeAddress) : { memory: 0, disk: kind === 'sqlite' ? sqliteBytes(world.database) : 0 };
    return { number, app: memory(pid).resident, server, disk };
  });
  const sizes = (['app', 'server', 'disk'] as const).flatMap((what) =>
    many![what] ? [megabytes(many![what]), `${((many![what] - few![what]) / (many!.number - few!.number)).toFixed(0)} B`] : ['', ''],
  );
  return [`${kind}, ${many!.number}`, ...sizes];
}
