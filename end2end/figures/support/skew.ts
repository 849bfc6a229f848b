// Clocks that differ: a process is told another time by libfaketime, which setup/faketime.sh installs.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

let library = '';

/** What a process needs in its environment for its clock to be so many seconds ahead; time still passes as it does. */
export function ahead(secs: number): Record<string, string> {
  if (secs === 0) return {};
  library ||= execFileSync(fileURLToPath(new URL('../../../setup/faketime.sh', import.meta.url))).toString().trim();
  return { LD_PRELOAD: library, FAKETIME: `${secs > 0 ? '+' : ''}${secs}s`, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}
