// A rolling update: two processes behind a load balancer are replaced one after the other, while people read boards and
// submit actions. No request is lost, no session ends, and no action is done twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { line, promise, tally } from '../../figures/support/report.ts';
import { act } from '../act.ts';
import { LoadBalancer } from '../balancer.ts';
import { signInMany, type Look } from '../people.ts';
import { play, type Scenario, type Size } from '../scenario.ts';
import { BOARD } from '../boards.ts';
import type { App, World } from '../world.ts';

const COUNT = 2;
const READERS: Record<Size, number> = { short: 8, full: 40 };
const ACTORS: Record<Size, number> = { short: 4, full: 12 };
/** How often every process is replaced. */
const ROUNDS: Record<Size, number> = { short: 1, full: 3 };
/** The load balancer needs a quarter of a second to notice, and up to a second on a busy machine. */
const DELAY = '2s';
const TOKEN_SECS = 8;
/** A process that is asked to stop finishes what runs within this time. */
const DRAINED_MS = 30_000;

export const rolling: Scenario[] = [
  {
    name: 'rolling',
    about: 'a rolling update of two processes behind a load balancer, while people read and act',
    isShort: true,
    run: async (size) => {
      const looks: Look[] = [];
      const acts: string[] = [];
      const health: number[] = [];
      let balancer: LoadBalancer | undefined;
      // Before the load balancer is there, as it would choose.
      const front = (world: World): App => (balancer ? { ...world.app, port: balancer.port } : world.app);
      await play(
        {
          name: 'rolling update',
          what: `SIGTERM of two processes, one after the other${ROUNDS[size] > 1 ? `, ${ROUNDS[size]} times` : ''}, while ${READERS[size]} people read and ${ACTORS[size]} act; shutdown_delay ${DELAY}`,
          wanted: {
            store: 'redis',
            count: COUNT,
            accessTokenSecs: TOKEN_SECS,
            settings: { CLAIMCHECK_SHUTDOWN_DELAY: DELAY, CLAIMCHECK_ACTION_RATE: '0', CLAIMCHECK_TRUSTED_PROXIES: '127.0.0.1' },
          },
          pick: front,
          signsIn: true,
          play: async (world) => {
            const readers = await signInMany(world, READERS[size], 'reader');
            const actors = await signInMany(world, ACTORS[size], 'actor');
            balancer = await LoadBalancer.start(world.apps);
            const app = front(world);
            let isOver = false;
            const load = [
              ...readers.map(async (person) => {
                for (; !isOver; await sleep(150)) looks.push(await person.look(world, BOARD, app));
              }),
              ...actors.map(async (person) => {
                for (; !isOver; await sleep(150)) acts.push(await act(world, person, app));
              }),
              (async () => {
                for (; !isOver; await sleep(100)) health.push(await statusOf(app));
              })(),
            ];
            await sleep(1_000);
            for (let round = 0; round < ROUNDS[size]; round++) {
              for (const each of world.apps) {
                await each.process.stop(DRAINED_MS);
                await world.startAgain(each);
                await balancer.takesUp(each);
                await sleep(1_000);
              }
            }
            isOver = true;
            await Promise.all(load);
            return tally([...looks.filter(({ sight }) => sight !== 'data').map(({ sight }) => sight), ...acts.filter((act) => act !== 'done'), ...balancer.lost]);
          },
          check: async (world) => {
            const { requests = 0, lost = [] } = balancer ?? {};
            const { done, twice } = await world.acts();
            line(`${requests} requests through the load balancer: ${looks.length} pages, ${acts.length} actions, ${health.length} health checks; ${lost.length} lost`);
            promise(`rolling update: no request of ${requests} is lost`, lost.length === 0 && requests > 0);
            promise(`rolling update: all ${looks.length} pages of the readers have data`, looks.every(({ sight }) => sight === 'data'));
            promise(`rolling update: all ${health.length} health checks pass`, health.every((status) => status === 200));
            promise(`rolling update: all ${acts.length} actions are done, the API has ${done}`, acts.every((act) => act === 'done') && done === acts.length && done > 0);
            promise('rolling update: no action is done twice', twice === 0);
            balancer?.stop();
          },
        },
        size,
      );
    },
  },
];

/** Not readiness: that of a process that is stopping fails before the load balancer has noticed. */
async function statusOf({ port }: App): Promise<number> {
  return fetch(`http://127.0.0.1:${port}/health/live`).then(({ status }) => status, () => 0);
}
