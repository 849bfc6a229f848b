// Clocks that differ: libfaketime, installed by setup/faketime.sh, gives a process another time.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

let library = '';

/** Environment variables that set a process's clock this many seconds ahead; time passes normally. */
export function ahead(secs: number): Record<string, string> {
  if (secs === 0) return {};
  return { ...preload(), FAKETIME: `${secs > 0 ? '+' : ''}${secs}s` };
}

/** The same for a clock that can jump while the process runs: to what is written to the file, such as `+120s`. */
export function clockFile(file: string): Record<string, string> {
  writeFileSync(file, '+0s\n');
  return { ...preload(), FAKETIME_TIMESTAMP_FILE: file, FAKETIME_CACHE_DURATION: '1' };
}

function preload(): Record<string, string> {
  library ||= execFileSync(fileURLToPath(new URL('../../../setup/faketime.sh', import.meta.url))).toString().trim();
  return { LD_PRELOAD: library, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}
