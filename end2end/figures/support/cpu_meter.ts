// CPU time of a process over seconds, to a microsecond. Reading the threads of the moment is not enough: a thread that
// ends in between takes its time with it. So the meter reads often, and keeps what each thread has used.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const READ_EVERY_MS = 100;

export class CpuMeter {
  private readonly threads = new Map<string, number>();
  private readonly timer = setInterval(() => this.read(), READ_EVERY_MS);

  constructor(private readonly pid: number) {
    this.read();
  }

  /** Milliseconds on a processor as counted by the scheduler, user and system, since the process began. */
  read(): number {
    for (const thread of readdirSync(`/proc/${this.pid}/task`)) {
      try {
        const [ran = ''] = readFileSync(`/proc/${this.pid}/task/${thread}/schedstat`, 'utf8').split(' ');
        this.threads.set(thread, Number(ran) / 1e6);
      } catch (error) {
        // It has ended since it was listed.
        if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      }
    }
    return [...this.threads.values()].reduce((sum, ms) => sum + ms, 0);
  }

  /** The same when it has settled, because work may continue for a moment after a response. */
  async atRest(): Promise<number> {
    for (let before = this.read(); ; ) {
      await sleep(2);
      const now = this.read();
      if (now === before) return now;
      before = now;
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
