// The part of growth.ts about open tabs: memory and CPU of one more that does nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { signInMany } from '../faults/people.ts';
import { World } from '../faults/world.ts';
import type { Growth } from './growth.ts';
import type { Point } from './support/fit.ts';
import { count, line } from './support/report.ts';
import { Tabs } from './support/tabs.ts';
import { cpuByTicks, memory } from './support/usage.ts';

const REST_SECS = count('REST_SECS', 30);
/** Multiplies the numbers of tabs; a fraction is enough to see whether the figure works. */
const SCALE = count('SCALE', 1);

const TABS = [500, 1_000, 2_000, 4_000];
/** Of one more tab: buffers of its connection and task, and what is known of its session. */
const MOST_BYTES = 64_000;
/** Of one more tab, in milliseconds a second: a comment every 15 s, and a check whether the session lives. */
const MOST_CPU = 0.02;

export async function tabs(): Promise<Growth[]> {
  const numbers = TABS.map((number) => Math.max(8, Math.round(number * SCALE)));
  const [bytes, cpu]: [Point[], Point[]] = [[], []];
  const world = await World.start({ store: 'sqlite', accessTokenSecs: 3_600, settings: { CLAIMCHECK_IDLE_SECS: '43200' } });
  const open: Tabs[] = [];
  try {
    // A session may have eight streams. Each step has its own sessions and its own addresses.
    const people = await signInMany(world, Math.ceil(numbers.at(-1)! / 8) + numbers.length, 'reader');
    const cookies = people.map((person) => person.cookies(world));
    const { port, process } = world.app;
    let there = 0;
    for (const number of numbers) {
      const own = cookies.splice(0, Math.ceil((number - there) / 8));
      const more = await Tabs.open({ port, host: `localhost:${port}`, count: number - there, cookies: own, network: `127.${20 + open.length}` });
      open.push(more);
      const counts = await Promise.all(open.map((tabs) => tabs.counts()));
      const streams = counts.reduce((all, each) => all + each.open, 0);
      if (streams !== number) throw new Error(`${streams} of ${number} streams are open: ${JSON.stringify(counts)}`);
      there = number;
      const [before, start] = [cpuByTicks(process.pid), performance.now()];
      await sleep(REST_SECS * 1_000);
      const perSecond = ((cpuByTicks(process.pid) - before) * 1_000) / (performance.now() - start);
      cpu.push({ x: number, y: perSecond });
      bytes.push({ x: number, y: memory(process.pid).resident });
      line(`${number} tabs: ${bytes.at(-1)!.y} bytes, ${perSecond.toFixed(2)} ms of CPU a second`);
    }
  } finally {
    await Promise.all(open.map((tabs) => tabs.close()));
    await world.stop();
  }
  return [
    { what: 'resident memory, by open tabs', unit: 'B', kind: 'linear', rounds: [bytes], most: MOST_BYTES },
    { what: 'CPU a second at rest, by open tabs', unit: 'ms', kind: 'linear', rounds: [cpu], most: MOST_CPU },
  ];
}
