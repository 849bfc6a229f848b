// The size of a session store of any kind: memory of its server, bytes on disk; and the program that fills one.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { descendants, ownerOf } from '../../support/sockets.ts';
import type { StoreServer } from '../../support/stores.ts';

export const STORES_PROGRAM =
  process.env.CLAIMCHECK_STORES ?? fileURLToPath(new URL('../../../target/release/stores', import.meta.url));

/** Adds this many made-up sessions. */
export function fill(store: string, sessions: number): void {
  execFileSync(STORES_PROGRAM, ['fill', String(sessions), store], { stdio: ['ignore', 'ignore', 'inherit'] });
}

export interface StoreSize {
  /** The memory of all server processes, with shared pages counted once; in bytes. */
  memory: number;
  disk: number;
}

/** The database at that address on a server. */
export function sizeOf(server: StoreServer, address: string): StoreSize {
  const main = ownerOf(server.port);
  if (!main) throw new Error(`nobody listens at port ${server.port}`);
  const memory = [main, ...descendants(main)].reduce((sum, pid) => sum + proportional(pid), 0);
  return { memory, disk: server.kind === 'postgres' ? postgresDisk(address) : redisDisk(address) };
}

/** The proportional set size: a page shared by three processes counts as a third for each. */
function proportional(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it has ended
  }
}

function postgresDisk(address: string): number {
  // Written to disk first, so that the tables contain the data in memory.
  const ask = ['CHECKPOINT', 'SELECT pg_database_size(current_database())'].flatMap((text) => ['--command', text]);
  const said = execFileSync('psql', ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', ...ask, address]).toString();
  return Number(said.trim().split('\n').at(-1));
}

/** The size of its journal after a rewrite, as Redis does by itself at times, so that it contains only current data. */
function redisDisk(address: string): number {
  const { hostname, port, password } = new URL(address);
  const env = { ...process.env, REDISCLI_AUTH: password };
  const ask = (...words: string[]) => execFileSync('redis-cli', ['-h', hostname, '-p', port, ...words], { env }).toString();
  const field = (name: string) => {
    const found = new RegExp(`^${name}:(\\d+)`, 'm').exec(ask('INFO', 'persistence'))?.[1];
    if (found === undefined) throw new Error(`Redis says nothing of ${name}`);
    return Number(found);
  };
  ask('BGREWRITEAOF');
  while (field('aof_rewrite_in_progress') || field('aof_rewrite_scheduled')) execFileSync('sleep', ['0.2']);
  return field('aof_current_size');
}
