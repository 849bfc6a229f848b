// Faults of the stores themselves: how each is made, and how it ends.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { descendants, ownerOf } from '../support/sockets.ts';
import type { StoreServer } from '../support/stores.ts';
import type { World } from './world.ts';

/** Begins a fault; the returned function ends it. */
export type StoreFault = (world: World) => Promise<() => Promise<void>>;

/** Ends by itself: the server is killed and started again after this time. */
export const restarts: StoreFault = async (world) => {
  await served(world).down();
  return () => served(world).up();
};

/** All its processes stop for a while, as on a suspended machine: connections are accepted, and nothing is answered. */
export const pauses: StoreFault = async (world) => {
  const main = ownerOf(served(world).port) ?? 0;
  const all = () => [main, ...descendants(main)];
  all().forEach((pid) => process.kill(pid, 'SIGSTOP'));
  return async () => all().forEach((pid) => process.kill(pid, 'SIGCONT'));
};

/** PostgreSQL as after a failover to a standby: reads work, every write is refused. */
export const postgresIsReadOnly: StoreFault = async (world) => {
  const say = (text: string) => {
    const commands = [text, 'SELECT pg_reload_conf()'].flatMap((each) => ['--command', each]);
    execFileSync('psql', ['--no-psqlrc', '--quiet', ...commands, served(world).url], QUIET);
  };
  say('ALTER SYSTEM SET default_transaction_read_only = on');
  return async () => say('ALTER SYSTEM RESET default_transaction_read_only');
};

/** Redis as after a failover: a replica of a server that is not there. */
export const redisIsReadOnly: StoreFault = async (world) => {
  redis(world, 'REPLICAOF', '127.0.0.1', '1');
  return async () => redis(world, 'REPLICAOF', 'NO', 'ONE');
};

/** Redis without memory: writes are refused, because nothing may be evicted. */
export const redisIsFull: StoreFault = async (world) => {
  redis(world, 'CONFIG', 'SET', 'maxmemory', '100kb');
  return async () => redis(world, 'CONFIG', 'SET', 'maxmemory', '0');
};

/** Files of the process may not grow: every write fails, as if the file system had become read-only. */
export const filesCannotGrow: StoreFault = async (world) => {
  for (const { process } of world.apps) limitFiles(process.pid, '1');
  return async () => {
    for (const { process } of world.apps) limitFiles(process.pid, 'unlimited');
  };
};

/** Another program holds the write lock of the SQLite file. */
export const sqliteIsLocked: StoreFault = async (world) => {
  const program = spawn('sqlite3', [world.database], { stdio: ['pipe', 'pipe', 'inherit'] });
  const locked = new Promise((resolve) => program.stdout.once('data', resolve));
  program.stdin.write('.timeout 10000\nBEGIN IMMEDIATE;\nSELECT 1;\n');
  await locked;
  return async () => {
    const ended = new Promise((resolve) => program.once('exit', resolve));
    program.stdin.end('ROLLBACK;\n.quit\n');
    await ended;
  };
};

/** A small file system for the SQLite file. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Mounts it; nothing if this user may not. */
  static mount(folder: string, megabytes: number): SmallDisk | undefined {
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], QUIET);
    } catch {
      return undefined;
    }
    const disk = new SmallDisk(folder);
    process.once('exit', () => disk.unmount());
    return disk;
  }

  /** Fills it to the last block, and frees that again. */
  readonly fills: StoreFault = async () => {
    const filler = join(this.folder, 'filler');
    const { bavail, bsize } = statfsSync(this.folder);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    return async () => rmSync(filler);
  };

  unmount(): void {
    if (!existsSync(this.folder)) return;
    try {
      execFileSync('umount', ['-l', this.folder], QUIET);
      rmSync(this.folder, { recursive: true, force: true });
    } catch {
      // It is unmounted already.
    }
  }
}

const QUIET = { stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };

function served({ store }: World): StoreServer {
  if (!store) throw new Error('this world has no server for its store');
  return store;
}

function redis(world: World, ...words: string[]): void {
  const { hostname, port, password } = new URL(served(world).url);
  const env = { ...process.env, REDISCLI_AUTH: password };
  const answer = execFileSync('redis-cli', ['-h', hostname, '-p', port, ...words], { env }).toString().trim();
  if (answer !== 'OK') throw new Error(`Redis answers ${words[0]} with ${answer}`);
}

/** The soft limit only: it can be raised again. */
function limitFiles(pid: number, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`], QUIET);
}
