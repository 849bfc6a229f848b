// One person with very many sessions.
import { setTimeout as sleep } from 'node:timers/promises';
import { promise } from '../../figures/support/report.ts';
import { Person } from '../people.ts';
import { play, type Scenario } from '../scenario.ts';

/** Sign-ins at the same time, which also meet each other. */
const AT_ONCE = 8;

export const people: Scenario[] = [
  {
    name: 'sign-ins',
    about: 'one person signs in a thousand times; beyond the limit, their own sessions end, the longest unused first',
    isShort: true,
    run: async (size) => {
      const [signIns, limit] = size === 'short' ? [64, 20] : [1_000, 50];
      const newest = 2 * AT_ONCE;
      let own: Person[] = [];
      await play(
        {
          name: 'sign-ins of one person',
          what: `${signIns} sign-ins; sessions_per_person is ${limit}`,
          wanted: { store: 'postgres', settings: { CLAIMCHECK_SESSIONS_PER_PERSON: String(limit) } },
          play: async (world) => {
            own = Array.from({ length: signIns }, () => new Person('busy'));
            for (let from = 0; from < signIns; from += AT_ONCE) {
              // Times are kept in seconds: only later ones are known to be newer.
              if (from >= signIns - newest && from < signIns - newest + AT_ONCE) await sleep(1_100);
              await Promise.all(own.slice(from, from + AT_ONCE).map((person) => person.signIn(world)));
            }
            return 'none';
          },
          signsIn: true,
          check: async (world) => {
            const sights = [];
            for (const person of own) sights.push((await person.look(world)).sight);
            const live = sights.filter((sight) => sight === 'data').length;
            const ended = sights.filter((sight) => sight === 'signed out').length;
            promise(`${ended} of the ${signIns} sessions have ended, and ${live} live: ${limit}`, live === limit && ended === signIns - limit);
            promise(`the ${newest} newest ones live`, sights.slice(-newest).every((sight) => sight === 'data'));
          },
        },
        size,
      );
    },
  },
];
