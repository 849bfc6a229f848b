// Three processes on one store: clocks that jump, a process that stops in the middle of a refresh; and one process with
// little memory.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clockFile } from '../../figures/support/skew.ts';
import { promise } from '../../figures/support/report.ts';
import { Attack, told } from '../attack.ts';
import { MemoryLimit } from '../memory_limit.ts';
import { signInMany } from '../people.ts';
import { play, type Scenario, type Size } from '../scenario.ts';
import { BOARD, huge, HUGE_BOARDS } from '../boards.ts';
import type { App, World } from '../world.ts';

const COUNT = 3;
const TOKEN_SECS = 8;
/** A jump of the clock, in seconds; beyond the leeway of 60 s for times in tokens. */
const JUMP_SECS = 120;
const LOOKED_AT: Record<Size, number> = { short: 5_000, full: 15_000 };
/** How long a process is stopped: less than the six seconds after which others take over its refresh, and more. */
const STOPPED_MS = { shortly: 4_000, long: 15_000 };
/** Of some sessions whose tokens end, one is refreshed within this time. */
const PATIENCE_MS = 20_000;

/** One process after the other. */
function inTurn(): (world: World) => App {
  let turn = 0;
  return (world) => world.apps[turn++ % world.apps.length]!;
}

/** How many seconds the clock of a process is ahead, by its last line of the log. */
function skewOf({ process }: App): number {
  const lines = [...process.output.matchAll(/"timestamp":"([^"]+)"/g)];
  return Math.round((Date.parse(lines.at(-1)?.[1] ?? '') - Date.now()) / 1_000);
}

export const processes: Scenario[] = [
  {
    name: 'clocks',
    about: 'the clock of one of three processes jumps by two minutes',
    isShort: false,
    run: async (size) => {
      for (const secs of [JUMP_SECS, -JUMP_SECS]) {
        const what = `one of three clocks jumps by ${secs > 0 ? '+' : '−'}${Math.abs(secs)} s, and back`;
        await play(
          {
            name: `clock ${secs > 0 ? '+' : '−'}2 min`,
            what: `${what}; access tokens live ${TOKEN_SECS} s`,
            wanted: {
              store: 'postgres',
              count: COUNT,
              accessTokenSecs: TOKEN_SECS,
              envOf: (index, folder) => (index === 1 ? clockFile(join(folder, 'clock')) : {}),
            },
            pick: inTurn(),
            play: async (world) => {
              writeFileSync(join(world.folder, 'clock'), `${secs > 0 ? '+' : ''}${secs}s\n`);
              await sleep(2 * LOOKED_AT[size]);
              const seen = skewOf(world.apps[1]!);
              promise(`the clock did jump by about ${secs} s: ${seen} s`, Math.abs(seen - secs) < 5);
              writeFileSync(join(world.folder, 'clock'), '+0s\n');
              return 'none';
            },
          },
          size,
        );
      }
    },
  },
  {
    name: 'stopped',
    about: 'SIGSTOP of the process that refreshes, when the provider has granted',
    isShort: true,
    run: async (size) => {
      for (const [how, ms] of Object.entries(STOPPED_MS)) {
        const isLong = how === 'long';
        if (isLong && size === 'short') continue;
        let stopped: App | undefined;
        const next = inTurn();
        const running = (world: World) => {
          const app = next(world);
          return app === stopped ? next(world) : app;
        };
        await play(
          {
            name: `stopped ${how}`,
            what: `SIGSTOP of one of three processes in mid-refresh, ${ms / 1_000} s${isLong ? '; the provider accepts a spent token for 30 s' : ''}`,
            wanted: { store: 'redis', count: COUNT, accessTokenSecs: TOKEN_SECS },
            pick: running,
            // The person's own session may be the one that waits for the stopped process.
            allows: ['panel without data'],
            play: async (world) => {
              // Others take over after six seconds, and then use the spent token: no program can know of the new one.
              if (isLong) world.provider.reuseMs = 30_000;
              await new Promise<void>((resolve, reject) => {
                setTimeout(() => reject(new Error('no refresh came')), PATIENCE_MS).unref();
                world.provider.onRefresh = (peer) => {
                  world.provider.onRefresh = undefined;
                  stopped = world.appAt(peer);
                  if (!stopped) return reject(new Error(`no process is at port ${peer}`));
                  process.kill(stopped.process.pid, 'SIGSTOP');
                  resolve();
                };
              });
              await sleep(ms);
              process.kill(stopped!.process.pid, 'SIGCONT');
              stopped = undefined;
              return 'none';
            },
          },
          size,
        );
      }
    },
  },
  {
    name: 'memory',
    about: 'a process that may use little memory, while clients ask for much',
    isShort: false,
    run: async (size) => {
      const megabytes = 384;
      const limit = MemoryLimit.of(megabytes);
      try {
        await play(
          {
            name: 'memory limit',
            what: `${megabytes} MB (${limit.kind}); 20 people ask for boards of 4 panels of 8 MB, 200 connections read nothing`,
            wanted: { store: 'sqlite', before: limit.command },
            signsIn: true,
            play: async (world) => {
              const crowd = await signInMany(world, 20, 'hungry');
              const { port } = world.app;
              const common = { port, host: `localhost:${port}`, from: ['127.0.1.1', '127.0.1.2'], cookies: crowd.map((person) => person.cookies(world)) };
              const paths = Array.from({ length: HUGE_BOARDS }, (_, index) => huge(index));
              const attacks = [
                await Attack.start({ ...common, kind: 'requests', count: 40, paths }),
                await Attack.start({ ...common, kind: 'slow readers', count: 200, paths: [BOARD, '/pkg/claimcheck.wasm'] }),
              ];
              await sleep(2 * LOOKED_AT[size]);
              const counts = await Promise.all(attacks.map((attack) => attack.stop()));
              return counts.map(told).join('; ');
            },
            check: (world) => promise('memory limit: the process was not killed', world.app.process.isRunning),
          },
          size,
        );
      } finally {
        limit.remove();
      }
    },
  },
];
