// A limit of memory for a process: a control group if this user may create one, otherwise a limit of its address space.
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class MemoryLimit {
  private constructor(
    /** As in the table. */
    readonly kind: string,
    /** What a shell runs before the program. */
    readonly command: string,
    private readonly group?: string,
  ) {}

  static of(megabytes: number): MemoryLimit {
    const bytes = String(megabytes * 1024 * 1024);
    const name = `claimcheck-faults-${process.pid}`;
    for (const [root, file] of [
      ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
      ['/sys/fs/cgroup', 'memory.max'],
    ] as const) {
      const group = join(root, name);
      try {
        mkdirSync(group);
        writeFileSync(join(group, file), bytes, { flag: 'r+' });
        return new MemoryLimit('control group', `echo $$ >${group}/cgroup.procs; `, group);
      } catch {
        remove(group);
      }
    }
    return new MemoryLimit('RLIMIT_AS', `ulimit -v ${megabytes * 1024}; `);
  }

  remove(): void {
    if (this.group) remove(this.group);
  }
}

function remove(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // It was not created, or a process in it is just ending.
  }
}
