// The product's figures: real processes (`claimcheck serve`, npm's oidc-provider or the demo provider, the demo API) on
// free ports, driven over HTTP, and in Chromium if a browser is needed.
//
//   npm run figures                      lists the names
//   npm run figures -- race cpu          measures these, one after the other
// SIGN_INS=30 npm run figures -- cpu   with another count than the default; each file lists its counts at the top
//
// It measures target/release/claimcheck, or the binary in CLAIMCHECK_BIN. Linux only: resource usage is read from
// /proc. Times and CPU depend on the machine; compare only results of one run. A broken promise ends the run with
// status 1.
import { availableParallelism, loadavg } from 'node:os';
import { command, line } from './support/report.ts';

const FIGURES: Record<string, { about: string; load: () => Promise<() => Promise<void>> }> = {
  race: {
    about: 'parallel pages of one session whose access token has ended',
    load: async () => (await import('./race.ts')).race,
  },
  'race-slow': {
    about: 'the same while the provider takes seconds to answer',
    load: async () => (await import('./race_slow.ts')).raceSlow,
  },
  'race-down': {
    about: 'people at their pages while the token endpoint is down, and when it is back',
    load: async () => (await import('./race_down.ts')).raceDown,
  },
  replicas: {
    about: 'the race on three processes, which slow, die and differ in time; needs PostgreSQL, Redis and libfaketime',
    load: async () => (await import('./replicas.ts')).replicas,
  },
  'back-channel': {
    about: 'from a logout of the provider at one process until a page open at another shows it; needs Chromium',
    load: async () => (await import('./back_channel.ts')).backChannel,
  },
  cpu: {
    about: 'CPU time of a sign-in and of the sign-out, step by step',
    load: async () => (await import('./cpu.ts')).cpu,
  },
  'board-cpu': {
    about: 'CPU time of a page of a board, beside bare programs that do its parts',
    load: async () => (await import('./board_cpu.ts')).boardCpu,
  },
  action: {
    about: 'CPU time of an action, with scripts and without, beside a page of the same board',
    load: async () => (await import('./action.ts')).action,
  },
  start: {
    about: 'time and memory of a cold start',
    load: async () => (await import('./start.ts')).coldStart,
  },
  refresh: {
    about: 'what a page waits for a refresh of the access token',
    load: async () => (await import('./refresh.ts')).refresh,
  },
  'slow-api': {
    about: 'time to the last byte of a board while one of its eight API calls takes seconds',
    load: async () => (await import('./slow_api.ts')).slowApi,
  },
  'first-visit': {
    about: 'bytes of a first visit to a board, file by file; needs Chromium',
    load: async () => (await import('./first_visit.ts')).firstVisit,
  },
  instructions: {
    about: 'instructions of a board and of a redirect, beside those of bare programs; needs valgrind',
    load: async () => (await import('./instructions.ts')).instructions,
  },
  bytes: {
    about: 'bytes of a first visit to a board, counted without a browser',
    load: async () => (await import('./bytes.ts')).bytes,
  },
  binary: {
    about: 'size of the release binary',
    load: async () => (await import('./binary.ts')).binary,
  },
  peer: {
    about: 'a page of 50 orders beside the same one by Express, express-openid-connect and EJS: CPU time, requests a second, memory, sign-ins',
    load: async () => (await import('./peer.ts')).peer,
  },
  'whole-view': {
    about: 'CPU time of a whole view of a board, cold and warm, beside the page alone, request by request; needs Chromium',
    load: async () => (await import('./whole_view.ts')).wholeView,
  },
  'idle-pages': {
    about: 'CPU time a second while boards are open and nobody touches them; needs Chromium',
    load: async () => (await import('./idle_pages.ts')).idlePages,
  },
  'in-browser': {
    about: 'first row of a board beside the bare page, layout shift and long tasks, on a phone and a desktop; needs Chromium',
    load: async () => (await import('./in_browser.ts')).inBrowser,
  },
  filter: {
    about: 'key press to paint in a table of 1 000 rows, beside plain JavaScript; needs Chromium',
    load: async () => (await import('./filter.ts')).filter,
  },
  lighthouse: {
    about: 'Lighthouse on home, board and account; needs Chromium, and installs Lighthouse',
    load: async () => (await import('./lighthouse.ts')).lighthouse,
  },
  memory: {
    about: 'memory and disk of many signed-in sessions',
    load: async () => (await import('./memory.ts')).memoryOfSessions,
  },
  stores: {
    about: 'the four stores side by side: load, touch, swap tokens; needs PostgreSQL and Redis',
    load: async () => (await import('./stores.ts')).stores,
  },
  'hundred-thousand': {
    about: '100 000 sessions in each store: memory, disk, and pages, sign-ins and logouts beside those among 100; needs PostgreSQL and Redis',
    load: async () => (await import('./hundred_thousand.ts')).hundredThousand,
  },
  growth: {
    about: 'what one more session, panel, row, process and open tab costs, each flat or linear; needs PostgreSQL and Redis',
    load: async () => (await import('./growth.ts')).growth,
  },
  tabs: {
    about: '5 000 open tabs at one process: memory, CPU at rest, and the time until all are told that their session has ended',
    load: async () => (await import('./tabs.ts')).tabs,
  },
  anonymous: {
    about: 'memory and disk of visitors who never sign in',
    load: async () => (await import('./anonymous.ts')).anonymous,
  },
  attack: {
    about: 'memory and disk of forged page views and of sign-ins that are tampered with',
    load: async () => (await import('./attack.ts')).attack,
  },
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in FIGURES));
if (unknown.length) console.error(`no such figure: ${unknown.join(', ')}`);
if (unknown.length || names.length === 0) {
  for (const [name, { about }] of Object.entries(FIGURES)) line(`${name.padEnd(17)} ${about}`);
  process.exit(unknown.length ? 1 : 0);
}

for (const name of names) {
  const figure = await FIGURES[name]!.load();
  line(`\n## ${name}\n`);
  line(`${command(name)}   (${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.versions.node})`);
  const start = performance.now();
  await figure();
  line(`took ${((performance.now() - start) / 1_000).toFixed(0)} s`);
}
process.exit();
