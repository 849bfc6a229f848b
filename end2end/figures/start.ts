// A cold start: from the start of the program until it is ready, and its memory then. SQLite with a new file, and a
// provider that answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../support/process.ts';
import { appProviderEnv } from '../support/providers.ts';
import { BEFORE, BINARY, onBench, type Bench } from './support/bench.ts';
import { boards } from './support/pages.ts';
import { count, megabytes, millis, promise, quantile, table } from './support/report.ts';
import { cpuByTicks, memory } from './support/usage.ts';

const STARTS = count('STARTS', 20);
const POLL_MS = 2;
const READY_AT_MOST_MS = 150;
const RESIDENT_AT_MOST = 30e6;
const PATIENCE_MS = 20_000;

interface Started {
  /** Until `/health/ready` answered 200. */
  ms: number;
  cpu: number;
  resident: number;
}

export async function coldStart(): Promise<void> {
  const binaries = { app: BINARY, ...(BEFORE && { before: BEFORE }) };
  const rows: string[][] = [];
  await onBench({ provider: 'demo', store: 'memory' }, async (bench) => {
    for (const [name, binary] of Object.entries(binaries)) {
      const starts: Started[] = [];
      for (let round = 0; round < STARTS; round++) starts.push(await started(bench, binary));
      const median = (of: (start: Started) => number, share = 0.5) => quantile(starts.map(of), share);
      const [ms, resident] = [median((start) => start.ms), median((start) => start.resident)];
      rows.push([name, millis(ms), millis(median((start) => start.ms, 1)), millis(median((start) => start.cpu)), megabytes(resident), megabytes(median((start) => start.resident, 1))]);
      if (name !== 'app') continue;
      promise(`ready after ${millis(ms)}, at most ${millis(READY_AT_MOST_MS)}`, ms <= READY_AT_MOST_MS);
      promise(`${megabytes(resident)} resident when ready, at most ${megabytes(RESIDENT_AT_MOST)}`, resident <= RESIDENT_AT_MOST);
    }
  });
  table([`${STARTS} starts`, 'ready after, median', 'worst', 'CPU until then', 'resident, median', 'most'], rows);
}

async function started(bench: Bench, binary: string): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'claimcheck-start-'));
  const [port = 0, adminPort = 0] = await freePorts(2);
  const config = join(folder, 'boards.toml');
  await writeFile(config, boards(1));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    ...appProviderEnv('demo', bench.provider.origin),
    CLAIMCHECK_PUBLIC_URL: `http://localhost:${port}`,
    CLAIMCHECK_LISTEN: `127.0.0.1:${port}`,
    CLAIMCHECK_ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
    CLAIMCHECK_API_URL: bench.api,
    CLAIMCHECK_STORE: `sqlite:${join(folder, 'claimcheck.db')}`,
    CLAIMCHECK_SESSION_KEYS: randomBytes(32).toString('base64'),
  };
  const begin = performance.now();
  const app = spawn(binary, ['serve', '--config', config], { env, stdio: 'ignore' });
  const ended = once(app, 'exit');
  try {
    while ((await status(port)) !== 200) {
      if (app.exitCode !== null || performance.now() - begin > PATIENCE_MS) throw new Error('the app did not become ready');
      await sleep(POLL_MS);
    }
    const ms = performance.now() - begin;
    return { ms, cpu: cpuByTicks(app.pid!), resident: memory(app.pid!).resident };
  } finally {
    app.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

/** The status of `/health/ready`, or 0 if nothing listens yet. */
function status(port: number): Promise<number> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/health/ready', headers: { host: `localhost:${port}` }, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    request.once('error', () => resolve(0));
  });
}
