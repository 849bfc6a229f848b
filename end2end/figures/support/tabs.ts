// Open tabs, each an event stream of a signed-in session on a connection of its own, in another process, so that its
// CPU time and memory are not those of the one that measures. What each has got is counted, not only whether it is open.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TabsWanted {
  port: number;
  /** The `Host` header. */
  host: string;
  count: number;
  /** The path of the public URL, if it has one. */
  path?: string;
  /** `Cookie` headers, in turn. */
  cookies: string[];
  /** Clients' addresses begin with this, such as `127.7`; each tab has another one, as no network may have them all. */
  network: string;
}

export interface TabCounts {
  /** Streams that have begun and run. */
  open: number;
  /** Comments that keep a stream alive. */
  heartbeats: number;
  /** Streams that said why the session has ended. */
  told: number;
  /** Streams that broke or ended without saying so. */
  lost: number;
  /** Responses without a stream, by status, and connections that failed, by error. */
  refused: Record<string, number>;
}

const PROGRAM = fileURLToPath(new URL('tabs_process.ts', import.meta.url));
const NODE = ['--disable-warning=ExperimentalWarning', '--import', fileURLToPath(new URL('typescript.mjs', import.meta.url))];

export class Tabs {
  private constructor(private readonly child: ChildProcess, readonly wanted: TabsWanted) {
    process.once('exit', this.kill);
  }

  /** Returns when all have begun, or have failed to. */
  static async open(wanted: TabsWanted, withinMs = 60_000): Promise<Tabs> {
    const child = fork(PROGRAM, [JSON.stringify(wanted)], { execArgv: NODE, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const tabs = new Tabs(child, wanted);
    await tabs.until(({ open, refused, lost }) => open + lost + Object.values(refused).reduce((all, each) => all + each, 0) >= wanted.count, withinMs);
    return tabs;
  }

  async counts(): Promise<TabCounts> {
    const answer = new Promise<TabCounts>((resolve, reject) => {
      this.child.once('message', (message) => resolve(message as TabCounts));
      this.child.once('exit', () => reject(new Error('the tabs ended by themselves')));
    });
    this.child.send('counts');
    return answer.finally(() => this.child.removeAllListeners('exit'));
  }

  /** Waits for it, and returns the counts then; also when the time is over. */
  async until(isSo: (counts: TabCounts) => boolean, withinMs: number): Promise<TabCounts> {
    for (const deadline = performance.now() + withinMs; ; await sleep(25)) {
      const counts = await this.counts();
      if (isSo(counts) || performance.now() > deadline) return counts;
    }
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.kill();
    await ended;
    process.off('exit', this.kill);
  }

  private readonly kill = (): void => {
    this.child.kill('SIGKILL');
  };
}
