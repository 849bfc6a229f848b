// An installation with a number of sessions, one of which is looked at. In a database the others are rows that the
// store's own code inserted, complete with all indexes, in the sizes of real ones (figures/stores/). Memory can only be
// filled by real sign-ins, each of another person, because one person may have few sessions.
import { Person, signInMany } from '../../faults/people.ts';
import { BOARD } from '../../faults/boards.ts';
import { World, type StoreKind } from '../../faults/world.ts';
import { closeConnections, NAVIGATION } from './browser.ts';
import type { Target } from './load.ts';
import { fill } from './store_size.ts';

/** Long figures must not lose sessions to the idle timeout. */
const SETTINGS = { CLAIMCHECK_IDLE_SECS: '43200' };

export class Crowded {
  private constructor(
    readonly world: World,
    /** How many sessions there are. */
    readonly number: number,
    /** The one who is looked at. */
    readonly person: Person,
  ) {}

  static async start(store: StoreKind, number: number): Promise<Crowded> {
    const world = await World.start({ store, accessTokenSecs: 3_600, settings: SETTINGS });
    try {
      const person = await new Person('first').signIn(world);
      if (store === 'memory') await signInMany(world, number - 1, 'other');
      else fill(world.storeAddress, number - 1);
      await closeConnections();
      return new Crowded(world, number, person);
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  /** Runs `measure` with one for each number, which differ in nothing else. */
  static async among<T>(store: StoreKind, numbers: number[], measure: (all: Crowded[]) => Promise<T>): Promise<T> {
    const all: Crowded[] = [];
    try {
      for (const number of numbers) all.push(await Crowded.start(store, number));
      return await measure(all);
    } finally {
      await Promise.all(all.map(({ world }) => world.stop()));
    }
  }

  get pid(): number {
    return this.world.app.process.pid;
  }

  /** The page that is looked at. */
  get target(): Target {
    const url = this.world.origin + BOARD;
    return { pid: this.pid, url, headers: { ...NAVIGATION, 'sec-fetch-site': 'none', cookie: this.person.cookies(this.world) } };
  }
}
