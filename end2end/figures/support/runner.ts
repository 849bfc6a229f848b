// A program that runs another one, such as valgrind: its command comes before the measured one.
import { Process } from '../../support/process.ts';

export interface Runner {
  command: [string, ...string[]];
  env: Record<string, string>;
  /** How long the program may take until its first response. */
  readyMs: number;
}

/** Starts a process, alone or under a runner. */
export function runUnder(
  runner: Runner | undefined,
  name: string,
  program: string,
  args: string[],
  env: Record<string, string>,
): Process {
  const [command, ...rest] = [...(runner?.command ?? []), program, ...args] as [string, ...string[]];
  return new Process(name, command, rest, { ...env, ...runner?.env });
}
