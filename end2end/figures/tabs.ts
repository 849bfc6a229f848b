// Thousands of open tabs at one process, each with the event stream by which its page learns that its session has ended:
// memory and CPU of a tab that does nothing, the pages of somebody else meanwhile, and the time until every tab has been
// told after all sessions were ended by a command.
//
// 5,000 is the limit of one process with its defaults: half of 10,000 connections. No setting is raised for it; the
// process needs about 13,500 open files and 1.25 GiB (docs/operating/limits.md), and this program two files for each tab.
// setup/bench.sh raises the limit of files. A session may have eight streams, so there are many people.
import { setTimeout as sleep } from 'node:timers/promises';
import { Person, signInMany } from '../faults/people.ts';
import { World } from '../faults/world.ts';
import { count, line, megabytes, millis, promise, quantile, table } from './support/report.ts';
import { Tabs, type TabCounts } from './support/tabs.ts';
import { cpuByTicks, memory } from './support/usage.ts';

const TABS = count('TABS', 5_000);
const EACH_SESSION = 8;
/** Whole intervals of the comments that keep a stream alive, which come every 15 s. */
const REST_SECS = count('REST_SECS', 30);
const PAGES = count('PAGES', 60);
/** A stream is told within this time, even if the process is busy with all others. */
const TOLD_WITHIN_MS = 15_000;
/** The page of somebody else, in the median, as a multiple of the same page without the tabs. */
const AT_MOST = 2;
/** For pages of a few milliseconds, what another program on the machine adds. */
const NOISE_MS = 10;
/** Buffers of a connection and of its task, the subscription and what is known of the session. */
const MOST_BYTES = 64_000;

export async function tabs(): Promise<void> {
  line(`${TABS} tabs, ${EACH_SESSION} of each session; at rest for ${REST_SECS} s, then every session is ended.`);
  const world = await World.start({ store: 'sqlite', accessTokenSecs: 3_600, settings: { CLAIMCHECK_IDLE_SECS: '43200' } });
  try {
    const people = await signInMany(world, Math.ceil(TABS / EACH_SESSION), 'reader');
    const other = await new Person('other').signIn(world);
    const { pid } = world.app.process;
    await looks(world, other);
    const before = await looks(world, other);
    const without = memory(pid).resident;
    const idle = await cpu(pid);

    const { port } = world.app;
    const begun = performance.now();
    const open = await Tabs.open({ port, host: `localhost:${port}`, count: TABS, cookies: people.map((person) => person.cookies(world)), network: '127.7' });
    const openMs = performance.now() - begun;
    const first = await open.counts();
    const busy = await cpu(pid);
    const last = await open.counts();
    const during = await looks(world, other);
    const resident = memory(pid).resident;

    const asked = performance.now();
    let toldMs = NaN;
    const hearing = open.until(({ told, lost }) => told + lost >= TABS, TOLD_WITHIN_MS * 2);
    const [told] = await Promise.all([
      hearing.finally(() => (toldMs = performance.now() - asked)),
      world.command('sessions', 'end', '--all', '--yes'),
    ]);
    await open.close();

    const each = (resident - without) / TABS;
    table(
      ['tabs', 'open after', 'memory without / with', 'each tab', 'CPU at rest without / with', 'each tab', 'page without: median / worst', 'page meanwhile', 'all told after'],
      [[
        first.open,
        millis(openMs),
        `${megabytes(without)} / ${megabytes(resident)}`,
        `${each.toFixed(0)} B`,
        `${idle.toFixed(1)} / ${busy.toFixed(1)} ms/s`,
        `${(((busy - idle) * 1_000) / TABS).toFixed(2)} µs/s`,
        both(before),
        both(during),
        millis(toldMs),
      ]],
    );
    keep(first, last, told, { before, during, each, toldMs });
  } finally {
    await world.stop();
  }
}

function keep(first: TabCounts, last: TabCounts, told: TabCounts, { before, during, each, toldMs }: { before: number[]; during: number[]; each: number; toldMs: number }): void {
  const refusals = Object.entries(first.refused).map(([what, times]) => `${times} ${what}`).join(', ') || 'none refused';
  promise(`${first.open} of ${TABS} streams open (${refusals})`, first.open === TABS);
  promise(`at rest, none ends; ${last.heartbeats} comments in ${REST_SECS} s`, last.open === TABS && last.heartbeats > 0);
  promise(`a tab takes ${each.toFixed(0)} bytes, at most ${MOST_BYTES}`, each <= MOST_BYTES);
  const [alone, meanwhile] = [quantile(before, 0.5), quantile(during, 0.5)];
  promise(
    `somebody else's page takes ${millis(meanwhile)} in the median, at most ${AT_MOST} times ${millis(alone)}`,
    meanwhile <= alone * AT_MOST + NOISE_MS,
  );
  promise(`${told.told} of ${TABS} tabs are told that their session has ended, ${told.lost} are not`, told.told === TABS && told.lost === 0);
  promise(`the last one after ${millis(toldMs)}, at most ${millis(TOLD_WITHIN_MS)}`, toldMs <= TOLD_WITHIN_MS);
}

/** Milliseconds of CPU a second, at rest. */
async function cpu(pid: number): Promise<number> {
  const [before, start] = [cpuByTicks(pid), performance.now()];
  await sleep(REST_SECS * 1_000);
  return ((cpuByTicks(pid) - before) * 1_000) / (performance.now() - start);
}

async function looks(world: World, person: Person): Promise<number[]> {
  const times: number[] = [];
  for (let page = 0; page < PAGES; page++) {
    const { sight, ms } = await person.look(world);
    if (sight !== 'data') throw new Error(`a page showed: ${sight}`);
    times.push(ms);
  }
  return times;
}

function both(times: number[]): string {
  return `${millis(quantile(times, 0.5))} / ${millis(quantile(times, 1))}`;
}
