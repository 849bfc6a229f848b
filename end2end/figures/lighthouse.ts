// Lighthouse on the home page, a board and the account page, with its phone and desktop presets: signed in by the
// session cookie; the home page signed out, because signed in it redirects to the first board. 100 in every category, and
// at least 98 for performance on a phone; every failing audit is listed. Lighthouse is installed on demand.
//
// The session cookie is in the profile of the browser, and Lighthouse leaves cookies where they are. As an extra header it
// would be sent with the page only: from the first cookie of the page's own on, Chromium replaces the header, and the
// page's own requests would find that its session has ended.
//
// The app is reached over plain HTTP on loopback, without the reverse proxy that adds TLS and HTTP/2 in production.
// Lighthouse simulates a slow network and processor. RUNS of each, of which the median counts.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onBench, type Bench } from './support/bench.ts';
import { freePorts } from '../support/process.ts';
import { withDebuggedProfile } from './support/chromium.ts';
import { count, line, promise, table } from './support/report.ts';
import { sessionCookie } from './support/sign_in.ts';

const RUNS = count('RUNS', 1);
const ON_A_PHONE_AT_LEAST = 98;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
const DEVICES = ['mobile', 'desktop'] as const;
const PAGES = [
  { name: 'home', path: '/', isSignedIn: false },
  { name: 'board, a table', path: '/boards/table', isSignedIn: true },
  { name: 'board, eight panels', path: '/boards/eight', isSignedIn: true },
  { name: 'account', path: '/account', isSignedIn: true },
];
const METRICS = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'];

/** The part of a report that is read. */
interface Report {
  finalDisplayedUrl: string;
  categories: Record<string, { score: number; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, { title: string; score: number | null; displayValue?: string }>;
}

const run = promisify(execFile);

export async function lighthouse(): Promise<void> {
  const installer = fileURLToPath(new URL('../../setup/lighthouse.sh', import.meta.url));
  const command = (await run(installer)).stdout.trim();
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-lighthouse-'));
  try {
    await onBench({ provider: 'demo', store: 'sqlite', bare: { slowMs: 0 } }, async (bench) => {
      const cookie = await sessionCookie(bench, '/boards/table');
      const rows: string[][] = [];
      const short = new Map<string, string[]>();
      for (const page of PAGES) {
        for (const device of DEVICES) {
          const report = await middle(command, bench, page, device, page.isSignedIn ? cookie : undefined, join(folder, 'report.json'));
          const scores = CATEGORIES.map((category) => Math.round((report.categories[category]?.score ?? 0) * 100));
          const where = `${page.name}, ${device}`;
          rows.push([where, ...scores.map(String), ...METRICS.map((id) => report.audits[id]?.displayValue ?? '')]);
          for (const audit of fallingShort(report)) short.set(audit, [...(short.get(audit) ?? []), where]);
          const performance = device === 'mobile' ? ON_A_PHONE_AT_LEAST : 100;
          promise(
            `${where}: performance at least ${performance}, the rest 100`,
            scores.every((score, index) => score >= (index === 0 ? performance : 100)),
          );
        }
      }
      table(['page', ...CATEGORIES, 'first paint', 'largest paint', 'blocked', 'shift', 'speed index'], rows);
      line('Every audit below 100:');
      for (const [audit, where] of short) line(`- ${audit} (${where.join('; ')})`);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The report with the median performance. */
async function middle(
  command: string,
  bench: Bench,
  page: (typeof PAGES)[number],
  device: (typeof DEVICES)[number],
  cookie: string | undefined,
  file: string,
): Promise<Report> {
  const reports: Report[] = [];
  for (let each = 0; each < RUNS; each++) {
    const url = bench.origin + page.path;
    const [port] = (await freePorts(1)) as [number];
    const args = [command, url, `--port=${port}`, '--quiet', '--output=json', `--output-path=${file}`, `--only-categories=${CATEGORIES.join()}`];
    if (device === 'desktop') args.push('--preset=desktop');
    await withDebuggedProfile(bench, cookie, port, () => run(process.execPath, args));
    const report = JSON.parse(await readFile(file, 'utf8')) as Report;
    if (report.finalDisplayedUrl !== url) throw new Error(`${url} led to ${report.finalDisplayedUrl}`);
    reports.push(report);
  }
  const score = ({ categories }: Report) => categories.performance?.score ?? 0;
  return reports.sort((a, b) => score(a) - score(b))[Math.floor(reports.length / 2)]!;
}

/** Includes audits without weight: they are Lighthouse's recommendations. */
function fallingShort({ categories, audits }: Report): string[] {
  return CATEGORIES.flatMap((category) =>
    (categories[category]?.auditRefs ?? [])
      .map(({ id, weight }) => ({ id, weight, audit: audits[id] }))
      .filter(({ audit }) => typeof audit?.score === 'number' && audit.score < 1)
      .map(({ id, weight, audit }) => `${category}, ${id}: ${audit!.title}${weight ? '' : ' (counts for nothing)'}`),
  );
}
