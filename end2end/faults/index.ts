// The load and fault suite: the binary with real stores, and clients, neighbours and machines that misbehave. While each
// fault lasts, an uninvolved person's pages arrive, and no session is lost.
//
//   npm run faults                       lists the scenarios
//   npm run faults -- short              the short form, which is a part of `make test`
//   npm run faults -- all                all of them
//   npm run faults -- bodies streams     these, in full; SIZE=short for the short form
//
// The table is written to target/faults/. It measures target/release/claimcheck, or the binary in CLAIMCHECK_BIN. Linux
// only. A broken promise ends the run with status 1.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { line, promise } from '../figures/support/report.ts';
import { HEAD, rows, type Size } from './scenario.ts';
import { long } from './scenarios/long.ts';
import { neighbours } from './scenarios/neighbours.ts';
import { people } from './scenarios/people.ts';
import { processes } from './scenarios/processes.ts';
import { reload } from './scenarios/reload.ts';
import { rolling } from './scenarios/rolling.ts';
import { stores } from './scenarios/stores.ts';

const SCENARIOS = [...neighbours, ...people, ...stores, ...processes, ...rolling, ...reload, ...long];
const FOLDER = fileURLToPath(new URL('../../target/faults/', import.meta.url));

/** The short form is a part of every check. */
const SHORT_SECS = 180;

const asked = process.argv.slice(2);
const isShort = asked.includes('short');
const wanted = SCENARIOS.filter(({ name, isShort: inShort }) => asked.includes('all') || asked.includes(name) || (isShort && inShort));
const unknown = asked.filter((name) => !['all', 'short'].includes(name) && !SCENARIOS.some((each) => each.name === name));
if (unknown.length) console.error(`no such scenario: ${unknown.join(', ')}`);
if (unknown.length || wanted.length === 0) {
  for (const { name, about, isShort } of SCENARIOS) line(`${name.padEnd(15)} ${about}${isShort ? '; short form' : ''}`);
  process.exit(unknown.length ? 1 : 0);
}

const size: Size = isShort || process.env.SIZE === 'short' ? 'short' : 'full';
const begun = performance.now();
for (const { name, run } of wanted) {
  line(`\n## ${name}`);
  const start = performance.now();
  await run(size);
  line(`took ${((performance.now() - start) / 1_000).toFixed(0)} s`);
}

const seconds = (performance.now() - begun) / 1_000;
if (isShort) promise(`the short form takes ${seconds.toFixed(0)} s, less than ${SHORT_SECS} s`, seconds < SHORT_SECS);

const markdown = [HEAD, HEAD.map((_, index) => (index < 2 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const took = `${seconds.toFixed(0)} s, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.versions.node}`;
mkdirSync(FOLDER, { recursive: true });
writeFileSync(`${FOLDER}${size}.md`, `Command: npm run faults -- ${asked.join(' ')} (${size}; ${took})\n\n${markdown}\n`);
line(`\n${markdown}\n\n${took}; the table is in target/faults/${size}.md`);
process.exit();
