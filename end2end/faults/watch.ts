// The uninvolved person: opens the board four times a second, on a new connection each time, for as long as a scenario
// runs. What they see, and how long it takes, is kept by phase.
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile, tally } from '../figures/support/report.ts';
import { memory } from '../figures/support/usage.ts';
import { Person, type Look, type Sight } from './people.ts';
import { BOARD } from './boards.ts';
import type { App, World } from './world.ts';

const EVERY_MS = 250;
/** Pages under way: beyond it, none is added, as with a person who waits. */
const AT_ONCE = 40;
/** Their network, which no load comes from. */
const HOME = '127.0.0.99';

export type Phase = 'before' | 'during' | 'after';

export class Watch {
  private phase: Phase = 'before';
  private readonly looks: Record<Phase, Look[]> = { before: [], during: [], after: [] };
  /** The most memory of one process in each phase, in bytes. */
  private readonly resident: Record<Phase, number> = { before: 0, during: 0, after: 0 };
  private isOver = false;
  private readonly underway = new Set<Promise<void>>();
  private running: Promise<void> | undefined;

  private constructor(
    private readonly world: World,
    readonly person: Person,
    /** The process that the next page comes from. */
    private readonly pick: () => App,
  ) {}

  static async start(world: World, pick: () => App = () => world.app): Promise<Watch> {
    const person = await new Person('watcher', { from: HOME, isNew: true }).signIn(world);
    const watch = new Watch(world, person, pick);
    // The first page of a process is slower than all others.
    for (const app of world.apps) await person.look(world, BOARD, app);
    watch.running = watch.run();
    return watch;
  }

  /** From now on, what is seen belongs to this phase. */
  enter(phase: Phase): void {
    this.phase = phase;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
    await Promise.all(this.underway);
  }

  of(phase: Phase): Look[] {
    return this.looks[phase];
  }

  sights(phase: Phase): Sight[] {
    return this.looks[phase].map(({ sight }) => sight);
  }

  /** Milliseconds that this share of pages does not exceed. */
  millis(phase: Phase, share: number): number {
    return quantile(this.looks[phase].map(({ ms }) => ms), share);
  }

  /** Median and worst, as a cell of the table. */
  times(phase: Phase): string {
    const [median, worst] = [0.5, 1].map((share) => this.millis(phase, share).toFixed(0));
    return `${median} / ${worst}`;
  }

  seen(phase: Phase): string {
    return tally(this.sights(phase));
  }

  /** The most memory of one process, in bytes. */
  peak(): number {
    return Math.max(...Object.values(this.resident));
  }

  memory(): string {
    return (['before', 'during', 'after'] as const).map((phase) => (this.resident[phase] / 1e6).toFixed(0)).join(' / ');
  }

  private async run(): Promise<void> {
    for (; !this.isOver; await sleep(EVERY_MS)) {
      this.weigh();
      if (this.underway.size >= AT_ONCE) continue;
      const { phase } = this;
      const seen: Promise<void> = this.person.look(this.world, BOARD, this.pick()).then((look) => {
        this.looks[phase].push(look);
        this.underway.delete(seen);
      });
      this.underway.add(seen);
    }
  }

  private weigh(): void {
    for (const { process } of this.world.apps) {
      try {
        this.resident[this.phase] = Math.max(this.resident[this.phase], memory(process.pid).resident || 0);
      } catch {
        // It has ended, and is started again.
      }
    }
  }
}
