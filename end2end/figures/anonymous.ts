// The data left by visitors who never sign in: no row, no replay cache entry, and no memory that grows with their
// number.
import { onBench, STORES, type Bench } from './support/bench.ts';
import { Browser, closeConnections } from './support/browser.ts';
import { crowd } from './support/crowd.ts';
import { board } from './support/pages.ts';
import { count, line, megabytes, promise, table } from './support/report.ts';
import { start } from './support/sign_in.ts';
import { disk, memory } from './support/usage.ts';

const VIEWS = count('VIEWS', 100_000);
const ABANDONED = count('ABANDONED', 100_000);
const AT_ONCE = count('AT_ONCE', 16);
/** Each part is read in quarters: growth that is only warm-up stops. */
const READINGS = 4;

export async function anonymous(): Promise<void> {
  line(`${VIEWS / 2} views of the home page, ${VIEWS / 2} of a board (which lead to the provider), without a cookie;`);
  line(`then ${ABANDONED} sign-ins begun and left.`);
  const rows: string[][] = [];
  for (const store of STORES) {
    await onBench({ provider: 'demo', store }, async (bench) => {
      const first = disk(bench.database);
      let before = memory(bench.app.pid).resident;
      const read = (name: string, visits: number) => {
        const { resident, peak } = memory(bench.app.pid);
        const now = disk(bench.database);
        rows.push([
          `${store}, ${name}`,
          megabytes(resident),
          megabytes(peak),
          visits ? `${((resident - before) / visits).toFixed(1)} B` : '',
          ...[megabytes(now.database), megabytes(now.log), `${now.sessions ?? '?'}`, `${now.marks ?? '?'}`].map((cell) =>
            bench.database ? cell : '',
          ),
        ]);
        before = resident;
      };
      read('fresh', 0);
      for (const [name, visits, visit] of parts(bench)) {
        for (let reading = 1; reading <= READINGS; reading++) {
          await crowd(visits / READINGS, AT_ONCE, visit);
          read(`${(visits / READINGS) * reading} × ${name}`, visits / READINGS);
        }
      }
      await closeConnections();
      read('all of it, connections closed', 0);
      const last = disk(bench.database);
      const sameFile = last.database === first.database && last.log === first.log;
      // The check whether the store can be written has a mark of its own, which was there before.
      if (bench.database) promise('no row and no further mark, and the files as they were', sameFile && !last.sessions && last.marks === first.marks);
    });
  }
  table(['store, after', 'resident', 'peak', 'each since', 'database', 'its log', 'rows of `session`', 'of `consumed`'], rows);
}

function parts(bench: Bench): [string, number, () => Promise<void>][] {
  const look = async (path: string, expected: number) => {
    const { status } = await new Browser().get(bench.origin + path);
    if (status !== expected) throw new Error(`${path} answered ${status}`);
  };
  return [
    ['home', VIEWS / 2, () => look('/', 200)],
    ['board', VIEWS / 2, () => look(board(), 303)],
    ['sign-in begun', ABANDONED, async () => void (await start(new Browser(), bench))],
  ];
}
