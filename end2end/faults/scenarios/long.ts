// Minutes of everything that people do beside reading: actions with jobs, pictures, files, CSV files of all pages, filters,
// panels that refresh, reports, an API with token exchange, tabs that come and go, and sessions that begin and end in all
// ways. Meanwhile boards change, the audit log is written to a file, metrics are scraped, and traces go to a collector
// that comes and goes. Nothing grows, and afterwards everything is as before (../leaks.ts).
//
// MINUTES is the time of the full form.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeConnections } from '../../figures/support/browser.ts';
import { count, line, megabytes, promise, tally } from '../../figures/support/report.ts';
import { Tabs } from '../../figures/support/tabs.ts';
import { STEPS, work } from '../busy.ts';
import { file, save, signal } from '../change.ts';
import { Collector } from '../collector.ts';
import { comeAndGo, LEAVINGS, visit } from '../comers.ts';
import { Leaks } from '../leaks.ts';
import { signInMany, type Person } from '../people.ts';
import { play, type Fault, type Scenario, type Size } from '../scenario.ts';
import type { App, Wanted, World } from '../world.ts';

const SECS: Record<Size, number> = { short: 30, full: count('MINUTES', 5) * 60 };
const PEOPLE: Record<Size, number> = { short: 4, full: 16 };
const SCRAPE_MS = 2_000;
const COME_MS = 500;
const TABS_MS = 3_000;
const TAB_COUNT = 40;
const CHANGE_MS: Record<Size, number> = { short: 5_000, full: 15_000 };
/** A turn of the collector: takes, is busy, is away. */
const TURN_MS: Record<Size, number> = { short: 4_000, full: 15_000 };
const WORK_MS = 50;

interface Form {
  name: string;
  wanted: Wanted;
}

/** The usual installation, and one with all that may be otherwise. */
const FORMS: Form[] = [
  { name: 'long run', wanted: { store: 'sqlite' } },
  { name: 'long run below a path', wanted: { store: 'redis', count: 2, path: '/desk' } },
];

export const long: Scenario[] = FORMS.map(({ name, wanted }) => ({
  name: name.replaceAll(' ', '-').replace('long-run', 'long'),
  about: `minutes of all that people do, with audit log, metrics, changes of boards and a collector that comes and goes: ${wanted.store}${wanted.path ? `, ${wanted.count} processes, at ${wanted.path}` : ''}`,
  isShort: false,
  run: async (size: Size) => {
    const collector = await Collector.start(TURN_MS[size]);
    try {
      await play(fault(name, wanted, size, collector), size);
    } finally {
      await collector.stop();
    }
  },
}));

function fault(name: string, wanted: Wanted, size: Size, collector: Collector): Fault {
  const did: string[] = [];
  let leaks: Leaks;
  return {
    name,
    what: `${PEOPLE[size]} people act, wait, load, filter and export, and others come and go, for ${SECS[size]} s; boards change; audit log, metrics, traces`,
    wanted: {
      ...wanted,
      hasStock: true,
      settings: { CLAIMCHECK_ACTION_RATE: '0', CLAIMCHECK_TRACES_URL: collector.url },
      envOf: (index, folder) => ({ CLAIMCHECK_AUDIT: `file:${audit(folder, index)}` }),
    },
    signsIn: true,
    play: async (world) => {
      const people = await signInMany(world, PEOPLE[size], 'busy');
      leaks = await Leaks.start(world, name);
      const until = performance.now() + SECS[size] * 1_000;
      const isOver = () => performance.now() > until;
      /** Again and again until the time is over; each time the number of the turn. */
      const keepOn = async (everyMs: number, act: (turn: number) => Promise<string[] | string | void>) => {
        for (let turn = 0; !isOver(); turn++) {
          did.push(...[(await act(turn).catch((error: Error) => error.message)) ?? []].flat());
          await sleep(everyMs);
        }
      };
      const { apps } = world;
      const boards = readFileSync(file(world), 'utf8');
      await Promise.all([
        ...people.map((person, index) => keepOn(WORK_MS, (turn) => work(world, person, index + turn, apps[index % apps.length]!))),
        keepOn(SCRAPE_MS, () => leaks.read()),
        keepOn(TABS_MS, (turn) => openTabs(world, people, apps[turn % apps.length]!)),
        // The tab is at another process than the page and the logout.
        keepOn(COME_MS, () => comeAndGo(world, apps.at(-1)!)),
        keepOn(COME_MS, () => visit(world)),
        keepOn(CHANGE_MS[size], (turn) => change(world, people[0]!, boards, turn)),
      ]);
      save(world, boards);
      signal(world);
      return tally(did.filter((what) => !what.endsWith('done')));
    },
    check: (world) => check(name, world, collector, did, leaks),
  };
}

const audit = (folder: string, index: number) => join(folder, `audit-${index}.jsonl`);

async function openTabs(world: World, people: Person[], { port }: App): Promise<string> {
  const cookies = people.map((person) => person.cookies(world));
  const { host, pathname } = new URL(world.url);
  const path = pathname.replace(/\/$/, '');
  const tabs = await Tabs.open({ port, host, path, count: Math.min(TAB_COUNT, 2 * people.length), cookies, network: '127.40' });
  await sleep(2_000);
  const { refused, lost } = await tabs.counts();
  await tabs.close();
  return Object.keys(refused).length || lost ? `tabs refused or lost: ${JSON.stringify(refused)} ${lost}` : 'tabs done';
}

/** A board with another name each time: what is kept by the name of a board must not add up. */
async function change(world: World, reader: Person, boards: string, turn: number): Promise<string> {
  const panel = '[[board.panel]]\nkind = "table"\nrows = "$.orders[*]"\ntitle = "New"\nget = "/orders"\n';
  save(world, `${boards}\n[[board]]\nid = "new-${turn}"\ntitle = "New"\n${panel}`);
  signal(world);
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await sleep(100)) {
    if ((await reader.look(world, `/boards/new-${turn}`)).sight === 'data') return 'change of boards done';
  }
  return 'change of boards not taken up';
}

async function check(name: string, world: World, collector: Collector, did: string[], leaks: Leaks): Promise<void> {
  line(`done: ${tally(did)}; traces: ${collector.taken} requests of ${megabytes(collector.bytes)} taken, ${collector.refused} refused, ${collector.absences} times away`);
  const failed = did.filter((what) => !what.endsWith('done'));
  promise(`${name}: all of ${did.length} steps are done${failed.length ? `, not ${tally(failed)}` : ''}`, failed.length === 0 && did.length > 0);
  const missing = [...STEPS, ...LEAVINGS, 'tabs', 'change of boards'].filter((what) => !did.includes(`${what} done`));
  promise(`${name}: some of each${missing.length ? `, but no ${missing.join(', ')}` : ''}`, missing.length === 0);
  promise(`${name}: traces arrived, and the collector was away`, collector.taken > 0 && collector.absences > 0);
  promise(`${name}: ${world.provider.exchanges} tokens were exchanged`, world.provider.exchanges > 0);

  const lines = world.apps.flatMap((_, index) => readFileSync(audit(world.folder, index), 'utf8').trimEnd().split('\n'));
  const actions = lines.filter((line) => (JSON.parse(line) as { event: string }).event === 'action').length;
  const acted = did.filter((what) => what === 'action done').length;
  promise(`${name}: ${actions} lines of the audit log for ${acted} actions, of ${lines.length} lines`, actions >= acted);

  await closeConnections();
  await leaks.check();
}
