// What a process holds, by its own metrics: read every few seconds during a long run, and compared in the end. What is
// left behind by each request, session, stream or change of boards adds up in minutes.
import { setTimeout as sleep } from 'node:timers/promises';
import { megabytes, promise, quantile } from '../figures/support/report.ts';
import type { App, World } from './world.ts';

/** Of the last third of the run against the second; the first one fills caches and pools. */
const MEMORY_GROWS = 1.15;
const FILES_GROW = 1.25;
/** What a few requests more or less make at the time of a reading. */
const MEMORY_NOISE = 8e6;
const FILES_NOISE = 30;
/** A route appears in the metrics with its first request, each with 15 series. */
const SERIES_NOISE = 60;
/** After the load, everything is closed and forgotten within this time; sessions are counted every ten seconds. */
const QUIET_WITHIN_MS = 120_000;

interface Sample {
  memory: number;
  files: number;
  /** Lines of the metrics, without their descriptions. */
  series: number;
  /** Running sessions in the store. */
  sessions: number;
  /** What is zero when nobody is there: tasks, event streams, reports that are prepared, requests, and places of limits. */
  busy: Record<string, number>;
}

/** Limits whose use says only that somebody asks for the metrics, or keeps a connection. */
const KEPT_OPEN = ['connections', 'admin_connections'];
const BUSY = ['claimcheck_tasks_running', 'claimcheck_event_streams_open', 'claimcheck_reports_preparing', 'claimcheck_http_requests_in_flight'];

export class Leaks {
  private readonly samples = new Map<App, Sample[]>();
  private readonly before = new Map<App, Sample>();

  private constructor(private readonly world: World, private readonly name: string) {}

  /** Before the load, when everyone who stays has signed in. */
  static async start(world: World, name: string): Promise<Leaks> {
    const leaks = new Leaks(world, name);
    for (const app of world.apps) {
      leaks.samples.set(app, []);
      leaks.before.set(app, await sample(app));
    }
    return leaks;
  }

  async read(): Promise<void> {
    for (const [app, samples] of this.samples) samples.push(await sample(app));
  }

  /** Compares the readings, and waits until everything is as before. */
  async check(): Promise<void> {
    for (const app of this.world.apps) {
      this.compare(this.samples.get(app)!, this.of(app));
      await this.settles(app);
    }
  }

  private compare(samples: Sample[], of: string): void {
    const third = Math.floor(samples.length / 3);
    const reading = (which: 1 | 2, what: 'memory' | 'files' | 'series') => quantile(samples.slice(which * third, (which + 1) * third).map((each) => each[what]), 0.5);
    const [memory, later] = [reading(1, 'memory'), reading(2, 'memory')];
    promise(`${of}: memory ${megabytes(memory)} in the second third, ${megabytes(later)} in the last`, later <= memory * MEMORY_GROWS + MEMORY_NOISE);
    const [files, more] = [reading(1, 'files'), reading(2, 'files')];
    promise(`${of}: ${files} open files in the second third, ${more} in the last`, more <= files * FILES_GROW + FILES_NOISE);
    const [series, further] = [reading(1, 'series'), reading(2, 'series')];
    promise(`${of}: ${series} series in the second third, ${further} in the last`, further <= series + SERIES_NOISE);
  }

  private async settles(app: App): Promise<void> {
    const before = this.before.get(app)!;
    const last = this.samples.get(app)!.at(-1)!;
    let after = await sample(app);
    const open = () => Object.entries(after.busy).filter(([, value]) => value > 0).map(([what, value]) => `${value} ${what}`);
    const isQuiet = () => open().length === 0 && after.files <= before.files + FILES_NOISE && after.sessions === before.sessions;
    for (const deadline = performance.now() + QUIET_WITHIN_MS; !isQuiet() && performance.now() < deadline; await sleep(1_000)) after = await sample(app);
    const of = this.of(app);
    promise(`${of}: afterwards nothing is under way${open().length ? `, but ${open().join(', ')}` : ''}`, open().length === 0);
    promise(`${of}: ${after.files} files are open, ${before.files} before`, after.files <= before.files + FILES_NOISE);
    promise(`${of}: ${after.sessions} sessions, ${before.sessions} before`, after.sessions === before.sessions);
    promise(`${of}: ${after.series} series, ${last.series} at the end of the load`, after.series <= last.series + SERIES_NOISE);
  }

  private of(app: App): string {
    return this.world.apps.length > 1 ? `${this.name}, process ${this.world.apps.indexOf(app) + 1}` : this.name;
  }
}

async function sample({ adminPort }: App): Promise<Sample> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
  const lines = (await answer.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  const values = new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
  const value = (name: string) => {
    const found = values.get(name);
    if (found === undefined) throw new Error(`the metrics have no ${name}`);
    return found;
  };
  const used = [...values].flatMap(([name, value]): [string, number][] => {
    const [, limit] = /^claimcheck_limit_used\{limit="(\w+)"\}$/.exec(name) ?? [];
    return limit && !KEPT_OPEN.includes(limit) ? [[`${limit} in use`, value]] : [];
  });
  return {
    memory: value('process_resident_memory_bytes'),
    files: value('process_open_fds'),
    series: lines.length,
    sessions: value('claimcheck_sessions_live'),
    busy: Object.fromEntries([...BUSY.map((name): [string, number] => [name, value(name)]), ...used]),
  };
}
