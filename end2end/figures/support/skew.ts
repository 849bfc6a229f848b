// Clocks that differ: libfaketime, installed by setup/faketime.sh, gives a process another time.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

let library = '';

/** Environment variables that set a process's clock this many seconds ahead; time passes normally. */
export function ahead(secs: number): Record<string, string> {
  if (secs === 0) return {};
  library ||= execFileSync(fileURLToPath(new URL('../../../setup/faketime.sh', import.meta.url))).toString().trim();
  return { LD_PRELOAD: library, FAKETIME: `${secs > 0 ? '+' : ''}${secs}s`, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}
