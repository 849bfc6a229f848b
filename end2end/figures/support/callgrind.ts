// Instructions of a process, counted by valgrind's callgrind. It counts every thread and nothing in the kernel, and
// hardly depends on other load. The cost of a request is the difference between two processes, one of which answered
// more of them: start, sign-in, warm-up and end cancel out.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Process } from '../../support/process.ts';
import type { Runner } from './runner.ts';

const MINUTE_MS = 60_000;

/** One worker, however many cores there are, so that looking for each other's work does not count. */
export const CALLGRIND: Runner = {
  command: ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', '--vgdb=no'],
  env: { TOKIO_WORKER_THREADS: '1' },
  readyMs: MINUTE_MS,
};

/** Ends a process under callgrind; returns its number of instructions from start to end. */
export async function instructionsUntilEnd(counted: Process): Promise<number> {
  process.kill(counted.pid, 'SIGTERM');
  for (const deadline = Date.now() + MINUTE_MS; Date.now() < deadline; await sleep(50)) {
    const [, collected] = /^==\d+== Collected : (\d+)/m.exec(counted.output) ?? [];
    if (!collected) continue;
    await counted.stop();
    return Number(collected);
  }
  throw new Error(`callgrind did not say what it counted\n${counted.output}`);
}
