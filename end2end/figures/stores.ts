// All session stores side by side: the operations of a request, one at a time and sixteen at once. The program in
// figures/stores/ runs them through the session crate, like the dashboard, and lists the stores. Servers of stores run
// on this machine, with durable writes. The stores take turns in every round.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StoreServer, type Served } from '../support/stores.ts';
import { count, line, promise, table } from './support/report.ts';
import { STORES_PROGRAM } from './support/store_size.ts';

const ROUNDS = count('ROUNDS', 8);
const SPELL_MS = count('SPELL_MS', 400);
const ACTS = 3;
const NUMBERS_AT_ONCE = 2;

export async function stores(): Promise<void> {
  line(`${ROUNDS} rounds of ${SPELL_MS} ms each after one to warm up, on 1 000 sessions of about 3 kB.`);
  line('Load: the session of a cookie. Touch: the idle end slides. Swap tokens: new ones in the place of those that were read.');
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-stores-'));
  const servers: StoreServer[] = [];
  try {
    const names: string[] = [];
    for (const [kind, backend] of kinds()) {
      if (backend === 'memory') names.push(`${kind}:`);
      else if (backend === 'file') names.push(`${kind}:${join(folder, 'claimcheck.db')}`);
      else {
        const server = await StoreServer.start(kind as Served);
        servers.push(server);
        names.push(server.fresh());
      }
    }
    const { stdout } = await promisify(execFile)(STORES_PROGRAM, ['race', String(ROUNDS), String(SPELL_MS), ...names]);
    const measured = stdout.trim().split('\n').map((text) => text.split('\t'));
    const rows = measured.map(([store, act, atOnce, perSecond, median, worst]) => [
      `${act}, ${atOnce} at once`,
      store!,
      perSecond!,
      `${median} µs`,
      `${worst} µs`,
    ]);
    table(['act', 'store', 'a second', 'median', '99th percentile'], rows);
    const isWhole = rows.length === names.length * ACTS * NUMBERS_AT_ONCE && rows.every((row) => Number(row[2]) > 0);
    promise('every store did everything that was asked of it', isWhole);
  } finally {
    await Promise.all(servers.map((server) => server.end()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every kind of store, and its backend: memory, a file or a server. */
function kinds(): [string, string][] {
  const listed = execFileSync(STORES_PROGRAM, ['kinds'], { encoding: 'utf8' });
  return listed
    .trim()
    .split('\n')
    .map((text) => text.split('\t') as [string, string]);
}
