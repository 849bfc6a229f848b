// Boards that change while people read them: by SIGHUP and by themselves, valid files and files with mistakes.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promise, tally } from '../../figures/support/report.ts';
import { signInMany, type Look } from '../people.ts';
import { play, type Scenario, type Size } from '../scenario.ts';
import { BOARD } from '../boards.ts';
import { file, save, signal } from '../change.ts';
import type { App, World } from '../world.ts';

const CHANGES: Record<Size, number> = { short: 6, full: 20 };
const READERS: Record<Size, number> = { short: 8, full: 24 };
/** A moment to read the page. */
const READ_EVERY_MS = 250;
/** A change is taken up within this time. */
const PATIENCE_MS = 10_000;
/** Every so many changes, the files have a mistake first. */
const MISTAKE_EVERY = 4;

async function isTakenUp(world: World, app: App, title: string): Promise<boolean> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(50)) {
    const page = await fetch(`http://127.0.0.1:${app.port}/`, { headers: { host: new URL(world.origin).host } });
    if ((await page.text()).includes(title)) return true;
  }
  return false;
}

export const reload: Scenario[] = [
  {
    name: 'reload',
    about: 'boards and notice change many times while people read; every second change by SIGHUP',
    isShort: false,
    run: async (size) => {
      const [changes, readers] = [CHANGES[size], READERS[size]];
      const looks: Look[] = [];
      let [open, underway] = [0, 0];
      await play(
        {
          name: 'reload',
          what: `${changes} changes of the boards of two processes, while ${readers} people read; every ${MISTAKE_EVERY}th with a mistake first`,
          wanted: { store: 'sqlite', count: 2 },
          signsIn: true,
          play: async (world, watch) => {
            const people = await signInMany(world, readers, 'reader');
            let isOver = false;
            const reading = people.map(async (person, index) => {
              for (; !isOver; await sleep(READ_EVERY_MS)) {
                underway += 1;
                looks.push(await person.look(world, BOARD, world.apps[index % world.apps.length]!));
                underway -= 1;
              }
            });
            const boards = readFileSync(file(world), 'utf8');
            for (let change = 1; change <= changes; change++) {
              const title = `Change ${change} of ${changes}`;
              if (change % MISTAKE_EVERY === 0) {
                save(world, `${boards}\n[[board]]\nid = "broken"\n`);
                signal(world);
                await sleep(500);
              }
              const panel = '[[board.panel]]\nkind = "table"\nrows = "$.orders[*]"\ntitle = "New"\nget = "/orders"\n';
              save(world, `notice = "${title}"\n${boards}\n[[board]]\nid = "new-${change}"\ntitle = "New"\n${panel}`);
              open += underway;
              if (change % 2) signal(world);
              const taken = await Promise.all(world.apps.map((app) => isTakenUp(world, app, title)));
              promise(`reload: change ${change} is taken up by both processes`, taken.every(Boolean));
              const page = await watch.person.look(world, `/boards/new-${change}`);
              promise(`reload: its board has data`, page.sight === 'data');
            }
            isOver = true;
            await Promise.all(reading);
            return tally(looks.filter(({ sight }) => sight !== 'data').map(({ sight, status }) => `${sight} (${status})`));
          },
          check: () => {
            const failures = looks.filter(({ sight }) => sight !== 'data').length;
            const slowest = Math.max(...looks.map(({ ms }) => ms)).toFixed(0);
            promise(
              `reload: ${looks.length} pages of the ${readers} readers, ${failures} without data, the slowest took ${slowest} ms; ` +
                `${open} were under way when the files changed`,
              failures === 0,
            );
          },
        },
        size,
      );
    },
  },
];
