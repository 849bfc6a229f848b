// The browser tests: `npm test`, or a part of them, `npm test -- specs/table.spec.ts --project='demo hydrated'`.
// They run without traces, which slow every test down. Failed tests then run a second time with traces, for diagnosis only:
// the first run alone decides the exit status.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PLAYWRIGHT = createRequire(import.meta.url).resolve('@playwright/test/cli');
const LAST_RUN = join(HERE, 'test-results', '.last-run.json');
/** Playwright clears the parent folder when a run starts. */
const TRACED = join(HERE, 'test-results', 'traced');
/** Playwright's exit status when tests failed. */
const TESTS_FAILED = 1;
/** If more tests fail than this, most share a cause: a few traces are enough. */
const MANY = 10;

const args = process.argv.slice(2);
const playwright = (more, stdio) =>
  spawnSync(process.execPath, [PLAYWRIGHT, 'test', ...args, ...more], { cwd: HERE, stdio });

rmSync(LAST_RUN, { force: true });
const { status, signal } = playwright([], 'inherit');
if (status === TESTS_FAILED && existsSync(LAST_RUN) && !args.some((arg) => arg.startsWith('--trace'))) traced();
process.exit(signal ? 130 : (status ?? 1));

function traced() {
  mkdirSync(TRACED, { recursive: true });
  const failed = join(TRACED, 'failed.json');
  copyFileSync(LAST_RUN, failed);
  const report = join(TRACED, 'report.txt');
  const out = openSync(report, 'w');
  const more = ['--last-failed', `--last-failed-file=${failed}`, '--trace=on', `--output=${TRACED}/tests`, '--reporter=list'];
  playwright([...more, `--max-failures=${MANY}`], ['ignore', out, out]);
  const traces = readdirSync(TRACED, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('trace.zip'));
  console.log(`\nThe failed tests ran a second time with traces; the result above is unchanged. Report: ${report}`);
  for (const trace of traces) console.log(`  npx playwright show-trace '${join(TRACED, trace)}'`);
}
