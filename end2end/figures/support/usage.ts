// Resource usage of a process on Linux.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']));

/** User and system time in milliseconds, to one clock tick: for long intervals. */
export function cpuByTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name before it may contain spaces and parentheses; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
}

/** Milliseconds on a processor as counted by the scheduler, summed over all current threads: for short steps. */
function cpuByScheduler(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const statistics = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'));
  return statistics.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1e6;
}

/** The same when it has settled, because work may continue for a moment after a response. */
export async function cpuAtRest(pid: number): Promise<number> {
  for (let before = cpuByScheduler(pid); ; ) {
    await sleep(2);
    const now = cpuByScheduler(pid);
    if (now === before) return now;
    before = now;
  }
}

export interface Memory {
  /** Currently resident, in bytes. */
  resident: number;
  /** The maximum that was ever resident. */
  peak: number;
}

export function memory(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { resident: bytes('VmRSS'), peak: bytes('VmHWM') };
}

export interface Disk {
  database: number;
  log: number;
  /** Rows of the tables; missing if `sqlite3` is not installed. */
  sessions?: number;
  marks?: number;
}

/** The bytes of a SQLite file with all that is still in its log, which it gets at the next checkpoint. */
export function sqliteBytes(database: string): number {
  const query = 'SELECT page_count * page_size FROM pragma_page_count, pragma_page_size';
  return Number(execFileSync('sqlite3', ['-readonly', database, query]));
}

/** The disk space of the SQLite store; empty for another store. */
export function disk(database: string | undefined): Disk {
  if (!database) return { database: 0, log: 0 };
  const size = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const found: Disk = { database: size(database), log: size(`${database}-wal`) };
  try {
    const query = 'SELECT (SELECT count(*) FROM session), (SELECT count(*) FROM consumed)';
    const answer = execFileSync('sqlite3', ['-readonly', database, query], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [sessions, marks] = answer.toString().trim().split('|').map(Number);
    return { ...found, sessions, marks };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return found;
    throw error;
  }
}
