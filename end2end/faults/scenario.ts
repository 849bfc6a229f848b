// What all scenarios share: the phases, what is promised in each, and the row of the table.
import { setTimeout as sleep } from 'node:timers/promises';
import { line, promise } from '../figures/support/report.ts';
import { signInMany, type Person, type Sight } from './people.ts';
import { Watch } from './watch.ts';
import { BOARD } from './boards.ts';
import { World, type App, type Wanted } from './world.ts';

/** The short form is a part of `make test`; all of it together takes three minutes at most. */
export type Size = 'short' | 'full';

export interface Scenario {
  name: string;
  about: string;
  isShort: boolean;
  run: (size: Size) => Promise<void>;
}

export interface Fault {
  name: string;
  /** As in the table: what is done, with its numbers. */
  what: string;
  wanted?: Wanted;
  /** Strains or breaks something, and leaves all as it was; returns the refusals, as in the table. */
  play: (world: World, watch: Watch) => Promise<string>;
  /** What the person may see meanwhile besides their data, if the fault concerns what every page needs. */
  allows?: Sight[];
  /** Otherwise, the share of pages that show their data; the others say that they are still loading, or that it is busy. */
  share?: number;
  /** The process that a page comes from. */
  pick?: (world: World) => App;
  /** Further promises, at the end. */
  check?: (world: World, watch: Watch) => Promise<void> | void;
  /** Others sign in meanwhile. */
  signsIn?: boolean;
}

export const HEAD = [
  'scenario',
  'what was done',
  'page before: median / worst, ms',
  'during',
  'after',
  'seen during',
  'refused or cut off',
  'memory before / during / after, MB',
  'sessions lost',
];
export const rows: string[][] = [];

/** Pages of an uninvolved person take less than this, in the median. */
const WITHIN_MS = 1_000;
/** Of these pages, at least so many show the person's data. */
const SHARE = 0.95;
/** After a fault, everyone has their data within this time. */
const BACK_WITHIN_MS = 30_000;
const QUIET_MS: Record<Size, number> = { short: 1_500, full: 10_000 };
/** Other people, who are signed in throughout and look at their page at the end. */
const OTHERS: Record<Size, number> = { short: 12, full: 100 };

/** Plays a fault, checks what is promised, and adds a row to the table. */
export async function play(fault: Fault, size: Size): Promise<void> {
  const world = await World.start(fault.wanted);
  const { name } = fault;
  try {
    const others = await signInMany(world, OTHERS[size]);
    const watch = await Watch.start(world, fault.pick && (() => fault.pick!(world)));
    const signIns = world.provider.signIns;
    await sleep(QUIET_MS[size]);
    watch.enter('during');
    const refused = await fault.play(world, watch);
    watch.enter('after');
    const lost = await lostOf(world, [...others, watch.person]);
    await sleep(QUIET_MS[size]);
    await watch.stop();
    rows.push([
      name,
      fault.what,
      ...(['before', 'during', 'after'] as const).map((phase) => watch.times(phase)),
      watch.seen('during'),
      refused,
      watch.memory(),
      String(lost.length),
    ]);
    line(`| ${rows.at(-1)!.join(' | ')} |`);
    const sights = watch.sights('during');
    promise(`${name}: no session is lost${lost.length ? ` (${lost.join(', ')})` : ''}`, lost.length === 0);
    promise(`${name}: no refresh token is used twice`, world.provider.reuses === 0);
    promise(`${name}: nobody is asked to sign in`, !sights.includes('signed out'));
    if (fault.allows) {
      const allowed: Sight[] = ['data', ...fault.allows];
      promise(`${name}: an uninvolved person sees ${allowed.join(', ')} and nothing else`, sights.every((sight) => allowed.includes(sight)));
    } else {
      const { share = SHARE } = fault;
      const seen = sights.filter((sight) => sight === 'data').length / sights.length;
      const text = `${(seen * 100).toFixed(0)} % of an uninvolved person's pages show their data, at least ${share * 100} %`;
      promise(`${name}: ${text}`, seen >= share && !sights.includes('no answer'));
      const median = watch.millis('during', 0.5);
      promise(`${name}: their page takes ${median.toFixed(0)} ms, less than ${WITHIN_MS} ms`, median < WITHIN_MS);
    }
    promise(`${name}: afterwards it takes ${watch.millis('after', 0.5).toFixed(0)} ms`, watch.millis('after', 0.5) < WITHIN_MS);
    if (!fault.signsIn) {
      promise(`${name}: no further sign-in reached the provider`, world.provider.signIns === signIns);
    }
    await fault.check?.(world, watch);
    if (process.exitCode && process.env.FAULTS_LOG) line(world.output());
  } finally {
    await world.stop();
  }
}

/** People who do not get their data again, or would have to sign in: with what they see last. */
async function lostOf(world: World, people: Person[]): Promise<string[]> {
  const deadline = performance.now() + BACK_WITHIN_MS;
  const lost: string[] = [];
  const looks = async (person: Person, app: App) => {
    for (;;) {
      const { sight } = await person.look(world, BOARD, app);
      if (sight === 'data') return;
      if (sight === 'signed out' || performance.now() > deadline) return void lost.push(`${person.name}: ${sight}`);
      await sleep(200);
    }
  };
  const atOnce = 8;
  for (let from = 0; from < people.length; from += atOnce) {
    await Promise.all(people.slice(from, from + atOnce).map((person, index) => looks(person, world.apps[index % world.apps.length]!)));
  }
  return lost;
}
