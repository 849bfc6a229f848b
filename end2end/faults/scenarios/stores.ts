// Stores that restart, pause, refuse writes or are full. Each fault begins at the worst moment: the provider has granted
// a refresh, and its answer, with the only refresh token that works from now on, cannot be stored.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promise, tally } from '../../figures/support/report.ts';
import { play, type Fault, type Scenario, type Size } from '../scenario.ts';
import {
  filesCannotGrow, pauses, postgresIsReadOnly, redisIsFull, redisIsReadOnly, restarts, SmallDisk, sqliteIsLocked, type StoreFault,
} from '../store_faults.ts';
import type { StoreKind } from '../world.ts';

/** Shorter than a fault, so that every session has to refresh while it lasts. */
const TOKEN_SECS = 4;
const SECS: Record<Size, number> = { short: 5, full: 12 };
/** A page is answered within this time, whatever the store does. */
const ANSWERED_WITHIN_MS = 12_000;
const PATIENCE_MS = 20_000;

function storeFault(name: string, what: string, store: StoreKind, size: Size, breaks: StoreFault, more: Partial<Fault> = {}): Fault {
  return {
    name,
    what: `${what}, ${SECS[size]} s, from the moment at which a refresh is granted`,
    wanted: { store, accessTokenSecs: TOKEN_SECS, ...more.wanted },
    allows: ['unavailable', 'panel without data'],
    play: async (world, watch) => {
      let mend: (() => Promise<void>) | undefined;
      const begun = new Promise<void>((resolve, reject) => {
        world.provider.onRefresh = async () => {
          world.provider.onRefresh = undefined;
          await breaks(world).then((found) => ((mend = found), resolve()), reject);
        };
      });
      const late = sleep(PATIENCE_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('no refresh came')));
      await Promise.race([begun, late]);
      await sleep(SECS[size] * 1_000);
      await mend?.();
      return tally(watch.of('during').filter(({ sight }) => sight !== 'data').map(({ status }) => String(status)));
    },
    check: async (world, watch) => {
      const worst = watch.millis('during', 1);
      promise(`${name}: the slowest page took ${worst.toFixed(0)} ms, less than ${ANSWERED_WITHIN_MS} ms`, worst < ANSWERED_WITHIN_MS);
      await more.check?.(world, watch);
    },
  };
}

export const stores: Scenario[] = [
  {
    name: 'postgres',
    about: 'PostgreSQL is killed and restarted, pauses, and becomes read-only',
    isShort: true,
    run: async (size) => {
      if (size === 'full') await play(storeFault('PostgreSQL restarts', 'killed, and started again', 'postgres', size, restarts), size);
      if (size === 'full') await play(storeFault('PostgreSQL pauses', 'SIGSTOP of all its processes', 'postgres', size, pauses), size);
      await play(storeFault('PostgreSQL read-only', 'default_transaction_read_only', 'postgres', size, postgresIsReadOnly), size);
    },
  },
  {
    name: 'redis',
    about: 'Redis is killed and restarted, pauses, becomes a replica, and has no memory left',
    isShort: true,
    run: async (size) => {
      await play(storeFault('Redis restarts', 'killed, and started again', 'redis', size, restarts), size);
      if (size === 'short') return;
      await play(storeFault('Redis pauses', 'SIGSTOP', 'redis', size, pauses), size);
      await play(storeFault('Redis read-only', 'REPLICAOF a server that is not there', 'redis', size, redisIsReadOnly), size);
      await play(storeFault('Redis is full', 'maxmemory below what is used, noeviction', 'redis', size, redisIsFull), size);
    },
  },
  {
    name: 'sqlite',
    about: 'no write to the SQLite file succeeds, its disk is full, another program has locked it',
    isShort: true,
    run: async (size) => {
      await play(storeFault('SQLite cannot write', 'RLIMIT_FSIZE of 1 byte', 'sqlite', size, filesCannotGrow), size);
      if (size === 'short') return;
      await play(storeFault('SQLite is locked', 'BEGIN IMMEDIATE of another program', 'sqlite', size, sqliteIsLocked), size);
      const disk = SmallDisk.mount(join(tmpdir(), `claimcheck-disk-${process.pid}`), 4);
      if (!disk) return promise('SQLite, disk full: not played, because this user may not mount a tmpfs', true);
      try {
        const fault = storeFault('SQLite, disk full', 'a tmpfs of 4 MB, filled', 'sqlite', size, disk.fills, { wanted: { databaseFolder: disk.folder } });
        await play(fault, size);
      } finally {
        disk.unmount();
      }
    },
  },
];
