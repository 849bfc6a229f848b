// Minutes of everything that people do beside reading: actions with jobs, pictures, files, CSV files of all pages, tabs
// that come and go. Meanwhile the audit log is written to a file, metrics are scraped, and traces go to a collector that
// comes and goes. Memory, open files and tasks do not grow; afterwards, tasks and files are gone.
//
// MINUTES is the time of the full form.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser, closeConnections } from '../../figures/support/browser.ts';
import { count, line, megabytes, promise, quantile, tally } from '../../figures/support/report.ts';
import { Tabs } from '../../figures/support/tabs.ts';
import { act } from '../act.ts';
import { Collector } from '../collector.ts';
import { signInMany, type Person } from '../people.ts';
import { play, type Scenario, type Size } from '../scenario.ts';
import { WORK } from '../boards.ts';
import type { World } from '../world.ts';

const SECS: Record<Size, number> = { short: 30, full: count('MINUTES', 5) * 60 };
const PEOPLE: Record<Size, number> = { short: 4, full: 16 };
const SCRAPE_MS = 2_000;
const TAB_COUNT = 40;
/** A turn of the collector: takes, is busy, is away. */
const TURN_MS: Record<Size, number> = { short: 4_000, full: 15_000 };
/** The last third of the run against the second; the first one fills caches and pools. */
const MEMORY_GROWS = 1.15;
const FILES_GROW = 1.25;
/** What a few requests more or less make at the time of a reading. */
const MEMORY_NOISE = 8e6;
const FILES_NOISE = 30;
/** After the load, connections to the API and to the collector are closed within this time. */
const QUIET_WITHIN_MS = 120_000;

interface Sample {
  memory: number;
  files: number;
  tasks: number;
}

export const long: Scenario[] = [
  {
    name: 'long',
    about: 'minutes of actions with jobs, pictures, files and exports, with audit log, metrics and a collector that comes and goes',
    isShort: false,
    run: async (size) => {
      const collector = await Collector.start(TURN_MS[size]);
      const did: string[] = [];
      const samples: Sample[] = [];
      let before: Sample | undefined;
      try {
        await play(
          {
            name: 'long run',
            what: `${PEOPLE[size]} people act, wait for jobs, load pictures and files and export for ${SECS[size]} s; audit log, metrics, traces`,
            wanted: {
              store: 'sqlite',
              settings: { CLAIMCHECK_ACTION_RATE: '0', CLAIMCHECK_TRACES_URL: collector.url },
              envOf: (_, folder) => ({ CLAIMCHECK_AUDIT: `file:${join(folder, 'audit.jsonl')}` }),
            },
            signsIn: true,
            play: async (world) => {
              const people = await signInMany(world, PEOPLE[size], 'busy');
              before = await scrape(world);
              const until = performance.now() + SECS[size] * 1_000;
              const isOver = () => performance.now() > until;
              await Promise.all([
                ...people.map(async (person, index) => {
                  for (let round = index; !isOver(); round++) did.push(...(await work(world, person, round)));
                }),
                (async () => {
                  for (; !isOver(); await sleep(SCRAPE_MS)) samples.push(await scrape(world));
                })(),
                (async () => {
                  for (; !isOver(); await sleep(3_000)) did.push(await openTabs(world, people));
                })(),
              ]);
              return tally(did.filter((what) => !what.endsWith('done')));
            },
            check: (world) => check(world, { collector, did, samples, before: before! }),
          },
          size,
        );
      } finally {
        await collector.stop();
      }
    },
  },
];

/** What a person does in one round: begins a job, waits for it, loads what the board shows. */
async function work(world: World, person: Person, round: number): Promise<string[]> {
  const { browser } = person;
  const outcome = await act(world, person, world.app, WORK, `${WORK}/actions/begin`);
  const did = [outcome === 'done' ? 'action done' : outcome];
  const loads = async (what: string, path: string, isRight: (type: string, body: string) => boolean) => {
    const answer = await browser.get(world.origin + path).catch(() => undefined);
    const isDone = answer?.status === 200 && isRight(answer.headers['content-type'] ?? '', answer.body);
    did.push(isDone ? `${what} done` : `${what} with status ${answer?.status ?? 'none'}`);
  };
  const page = await browser.get(world.origin + WORK);
  const links = (pattern: RegExp) => [...page.body.matchAll(pattern)].map(([, path = '']) => path.replace(/&amp;/g, '&'));
  const pictures = links(/src="?(\/boards\/work\/images\/[^"\s>]+)/g);
  const papers = links(/href="?(\/boards\/work\/rows\/[^"\s>]*\/file[^"\s>]*)/g);
  const exported = links(/href="?(\/boards\/work\/csv\/[^"\s>]*)/g);
  if (!pictures.length || !papers.length || !exported.length) did.push(`board with ${pictures.length} pictures, ${papers.length} files, ${exported.length} exports`);
  for (let index = 0; index < Math.min(4, pictures.length); index++) {
    await loads('picture', pictures[(round + index) % pictures.length]!, (type) => type.startsWith('image/png'));
  }
  if (papers.length) await loads('file', papers[round % papers.length]!, (type, body) => type.startsWith('application/pdf') && body.length > 100_000);
  if (exported.length && round % 3 === 0) await loads('export', exported.at(-1)!, (type, body) => type.startsWith('text/csv') && body.includes('W-'));
  // What the page of somebody without scripts loads by itself: it asks the API for the job, and leads back to the board.
  let isReady = false;
  for (let attempt = 0; attempt < 8 && !isReady; attempt++) {
    await sleep(1_000);
    const asked = await browser.get(`${world.origin}${WORK}/jobs`);
    const onward = Browser.onward(asked);
    isReady = (onward ? await browser.get(onward) : asked).body.includes('Done.');
  }
  did.push(isReady ? 'job done' : 'job not seen to its end');
  await browser.get(`${world.origin}/sessions`);
  return did;
}

async function openTabs(world: World, people: Person[]): Promise<string> {
  const { port } = world.app;
  const cookies = people.map((person) => person.cookies(world));
  const tabs = await Tabs.open({ port, host: `localhost:${port}`, count: Math.min(TAB_COUNT, 2 * people.length), cookies, network: '127.40' });
  await sleep(2_000);
  const { refused, lost } = await tabs.counts();
  await tabs.close();
  return Object.keys(refused).length || lost ? `tabs refused or lost: ${JSON.stringify(refused)} ${lost}` : 'tabs done';
}

async function scrape({ app }: World): Promise<Sample> {
  const answer = await fetch(`http://127.0.0.1:${app.adminPort}/metrics`);
  const text = await answer.text();
  const value = (name: string) => {
    const found = new RegExp(`^${name} ([0-9.e+]+)$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`the metrics have no ${name}`);
    return Number(found);
  };
  return { memory: value('process_resident_memory_bytes'), files: value('process_open_fds'), tasks: value('claimcheck_tasks_running') };
}

async function check(world: World, { collector, did, samples, before }: { collector: Collector; did: string[]; samples: Sample[]; before: Sample }): Promise<void> {
  line(`done: ${tally(did)}; traces: ${collector.taken} requests of ${megabytes(collector.bytes)} taken, ${collector.refused} refused, ${collector.absences} times away`);
  const failed = did.filter((what) => !what.endsWith('done'));
  promise(`long run: all of ${did.length} steps are done${failed.length ? `, not ${tally(failed)}` : ''}`, failed.length === 0 && did.length > 0);
  for (const what of ['action', 'job', 'picture', 'file', 'export', 'tabs']) promise(`long run: some of each: ${what}`, did.includes(`${what} done`));
  promise('long run: traces arrived, and the collector was away', collector.taken > 0 && collector.absences > 0);

  const third = Math.floor(samples.length / 3);
  const of = (which: 1 | 2, what: keyof Sample) => quantile(samples.slice(which * third, (which + 1) * third).map((sample) => sample[what]), 0.5);
  const [memory, later] = [of(1, 'memory'), of(2, 'memory')];
  promise(`long run: memory ${megabytes(memory)} in the second third, ${megabytes(later)} in the last`, later <= memory * MEMORY_GROWS + MEMORY_NOISE);
  const [files, more] = [of(1, 'files'), of(2, 'files')];
  promise(`long run: ${files} open files in the second third, ${more} in the last`, more <= files * FILES_GROW + FILES_NOISE);

  const audit = readFileSync(join(world.folder, 'audit.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string });
  const actions = audit.filter(({ event }) => event === 'action').length;
  const acted = did.filter((what) => what === 'action done').length;
  promise(`long run: ${actions} lines of the audit log for ${acted} actions, of ${audit.length} lines`, actions >= acted);

  await closeConnections();
  let after = await scrape(world);
  for (const deadline = performance.now() + QUIET_WITHIN_MS; performance.now() < deadline; await sleep(1_000)) {
    after = await scrape(world);
    if (after.tasks === 0 && after.files <= before.files + FILES_NOISE) break;
  }
  promise(`long run: afterwards no task runs (${after.tasks}), ${after.files} files are open, ${before.files} before`, after.tasks === 0 && after.files <= before.files + FILES_NOISE);
}
