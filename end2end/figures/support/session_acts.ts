// What people and the provider do with a session, to be timed among few and among many of them.
import { logOutByBackChannel, signOut } from '../../faults/logout.ts';
import { Person, signInMany, type Sight } from '../../faults/people.ts';
import { BOARD } from '../../faults/boards.ts';
import type { World } from '../../faults/world.ts';
import type { Crowded } from './crowded.ts';
import { quantile } from './report.ts';
import { cpuAtRest } from './usage.ts';

/** The one who is looked at has this many sessions. */
export const OWN = 10;

/** One thing that is done and timed; `check` looks afterwards whether it was done. */
interface Step {
  run: () => Promise<unknown>;
  check?: () => Promise<void>;
}

export interface Act {
  name: string;
  /** How often it is done in one round. */
  times: number;
  /** Prepares this many; what that takes does not count. */
  prepare: (crowded: Crowded, times: number) => Promise<Step[]>;
}

export interface Cost {
  /** Milliseconds of CPU of the app. */
  cpu: number;
  /** The median time, in milliseconds. */
  ms: number;
}

let names = 0;

/** Others, whose sessions end. */
function leavers(world: World, times: number): Promise<Person[]> {
  return signInMany(world, times, `leaver-${names++}`);
}

async function expectSight(world: World, person: Person, wanted: Sight): Promise<void> {
  const { sight } = await person.look(world);
  if (sight !== wanted) throw new Error(`${person.name} sees: ${sight}, not: ${wanted}`);
}

/** A page of the one who is looked at. */
function page(path: string, isRight: (body: string) => boolean): Act['prepare'] {
  return async ({ world, person: { browser } }, times) =>
    Array.from({ length: times }, () => ({
      run: async () => {
        const { status, body } = await browser.get(world.origin + path);
        if (status !== 200 || !isRight(body)) throw new Error(`${path} answered with ${status}: ${body.slice(0, 500)}`);
      },
    }));
}

/** Somebody's session ends. */
function ending(end: (world: World, person: Person) => Promise<void>): Act['prepare'] {
  return async ({ world }, times) =>
    (await leavers(world, times)).map((person) => ({
      run: () => end(world, person),
      check: () => expectSight(world, person, 'signed out'),
    }));
}

export const ACTS: Act[] = [
  { name: 'a board', times: 40, prepare: page(BOARD, (body) => body.includes('<tbody')) },
  {
    name: `the list of ${OWN} sessions`,
    times: 20,
    prepare: page('/sessions', (body) => (body.match(/action="\/api\/end_session"/g) ?? []).length === OWN - 1),
  },
  {
    name: 'a sign-in',
    times: 8,
    prepare: async ({ world }, times) => {
      const round = names++;
      return Array.from({ length: times }, (_, index) => new Person(`comer-${round}-${index}`)).map((person) => ({
        run: () => person.signIn(world),
        // Among few, more of them would soon be many.
        check: async () => {
          await expectSight(world, person, 'data');
          await signOut(world, person);
        },
      }));
    },
  },
  { name: 'a sign-out', times: 8, prepare: ending(signOut) },
  { name: 'a back-channel logout of a session', times: 8, prepare: ending((world, person) => logOutByBackChannel(world, person, 'session')) },
  { name: 'a back-channel logout of a person', times: 8, prepare: ending((world, person) => logOutByBackChannel(world, person, 'person')) },
];

/** One round of an act, one step after the other. */
export async function costOf({ prepare, times }: Act, crowded: Crowded): Promise<Cost> {
  const steps = await prepare(crowded, times);
  const before = await cpuAtRest(crowded.pid);
  const took: number[] = [];
  for (const { run } of steps) {
    const start = performance.now();
    await run();
    took.push(performance.now() - start);
  }
  const cpu = ((await cpuAtRest(crowded.pid)) - before) / times;
  for (const { check } of steps) await check?.();
  return { cpu, ms: quantile(took, 0.5) };
}
