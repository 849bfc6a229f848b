// Clients that take connections, slots, streams and memory.
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { megabytes, promise } from '../../figures/support/report.ts';
import { Attack, told, type Plan } from '../attack.ts';
import { signInMany } from '../people.ts';
import { play, type Fault, type Scenario, type Size } from '../scenario.ts';
import { huge, HANGING, HUGE_BOARDS } from '../boards.ts';
import type { World } from '../world.ts';

const SECS: Record<Size, number> = { short: 5, full: 25 };
/** The files that a process may open in the short form: what many systems allow. Its limit of connections follows. */
const FEW_FILES = 1_024;
/** Addresses of the attackers: other networks than that of the person who is watched. */
const NEAR = Array.from({ length: 8 }, (_, index) => `127.0.1.${index + 1}`);

/** Files of the load's process beside its connections. */
const FILES_BESIDE = 200;

/** How many files a process may have open here: a system may allow fewer than ten thousand connections. */
function filesAllowed(): number {
  const limit = /^Max open files +\d+ +(\w+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return Number(limit) || Infinity;
}

type Load = Pick<Plan, 'kind' | 'count'> & Partial<Plan>;

/** Holds a load for some seconds. */
async function hold(world: World, load: Load, secs: number): Promise<string> {
  const { port } = world.app;
  const attack = await Attack.start({ port, host: `localhost:${port}`, from: NEAR, ...load });
  await sleep(secs * 1_000);
  const counts = await attack.stop();
  return `${counts.open} open; ${told(counts)}`;
}

function fault(name: string, what: string, size: Size, load: Load | ((world: World) => Promise<Load>), more: Partial<Fault> = {}): Fault {
  return {
    name,
    what: `${what}, ${SECS[size]} s`,
    play: async (world) => hold(world, typeof load === 'function' ? await load(world) : load, SECS[size]),
    ...more,
  };
}

export const neighbours: Scenario[] = [
  {
    name: 'connections',
    about: 'connections that send nothing, and heads that never end',
    isShort: true,
    run: async (size) => {
      const count = size === 'short' ? 1_500 : Math.min(10_000, filesAllowed() - FILES_BESIDE);
      const files = size === 'short' ? { openFiles: FEW_FILES } : {};
      for (const kind of ['idle', 'slow heads'] as const) {
        if (size === 'short' && kind === 'slow heads') continue;
        const limit = files.openFiles ? `; ${files.openFiles} open files` : '';
        await play(fault(`connections: ${kind}`, `${count} connections${limit}`, size, { kind, count }, { wanted: files }), size);
      }
    },
  },
  {
    name: 'one-network',
    about: 'the same from the network of the person who is watched, as behind a proxy that is not trusted',
    isShort: false,
    run: (size) =>
      play(
        fault('connections: of the same network', '8000 idle connections', size, { kind: 'idle', count: 8_000, from: ['127.0.0.99'] }),
        size,
      ),
  },
  {
    name: 'readers',
    about: 'clients that ask for much and read nothing',
    isShort: false,
    run: (size) => {
      const count = size === 'short' ? 100 : 600;
      const paths = ['/pkg/claimcheck.wasm', '/', '/pkg/claimcheck.css'];
      return play(fault('slow readers', `${count} connections, 60 requests each`, size, { kind: 'slow readers', count, paths }), size);
    },
  },
  {
    name: 'bodies',
    about: 'requests whose body does not come',
    isShort: true,
    run: async (size) => {
      const count = size === 'short' ? 1_200 : 2_000;
      await play(fault('slow bodies', `${count} heads of a POST without a body`, size, { kind: 'slow bodies', count }), size);
      if (size === 'full') {
        await play(fault('trickled bodies', `${count} bodies, a byte every 2 s`, size, { kind: 'trickled bodies', count }), size);
      }
    },
  },
  {
    name: 'streams',
    about: 'event streams of many people',
    isShort: true,
    run: (size) => {
      const count = size === 'short' ? 1_000 : 2_000;
      const files = size === 'short' ? { openFiles: FEW_FILES } : {};
      // Eight streams of a session, as many as it may have.
      const load = async (world: World): Promise<Load> => {
        const people = await signInMany(world, Math.ceil(count / 8), 'reader');
        return { kind: 'streams', count, cookies: people.map((person) => person.cookies(world)), paths: ['/auth/events'] };
      };
      const what = `${count} event streams of ${Math.ceil(count / 8)} people${files.openFiles ? `; ${FEW_FILES} open files` : ''}`;
      return play(fault('event streams', what, size, load, { wanted: files, signsIn: true }), size);
    },
  },
  {
    name: 'huge-answers',
    about: 'an API with answers of 8 MB for many panels of many people',
    isShort: false,
    run: (size) => {
      const people = size === 'short' ? 4 : 24;
      const load = async (world: World): Promise<Load> => {
        const crowd = await signInMany(world, people, 'hungry');
        const paths = Array.from({ length: HUGE_BOARDS }, (_, index) => huge(index));
        return { kind: 'requests', count: people * 2, cookies: crowd.map((person) => person.cookies(world)), paths };
      };
      return play(
        fault('huge answers', `${people * 2} requests at once of ${people} people for boards of 4 panels of 8 MB`, size, load, {
          signsIn: true,
          // Both processors read numbers: a panel that takes longer than 800 ms says that it is still loading, and asks again.
          share: 0,
          check: (_world, watch) => {
            const limit = Math.max(totalmem() / 4, 400e6);
            const text = `${megabytes(watch.peak())} of memory at most, less than ${megabytes(limit)}: a quarter of the machine's`;
            promise(`huge answers: ${text}`, watch.peak() < limit);
          },
        }),
        size,
      );
    },
  },
  {
    name: 'hanging-api',
    about: 'one of two APIs does not answer',
    isShort: true,
    run: (size) => {
      const people = size === 'short' ? 20 : 60;
      const load = async (world: World): Promise<Load> => {
        const crowd = await signInMany(world, people, 'waiting');
        return { kind: 'requests', count: people * 4, cookies: crowd.map((person) => person.cookies(world)), paths: [HANGING] };
      };
      return play(
        fault('hanging API', `${people * 4} requests at once of ${people} people for a board of 8 panels of it`, size, load, {
          signsIn: true,
        }),
        size,
      );
    },
  },
];
