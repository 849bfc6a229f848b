// The baselines of figures/bare/, and the boards that are measured beside them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePorts, Process } from '../../support/process.ts';
import type { Bench } from './bench.ts';
import { runUnder, type Runner } from './runner.ts';

const BARE = process.env.CLAIMCHECK_BARE ?? fileURLToPath(new URL('../../../target/release/bare', import.meta.url));

/** The boards on the bare API. */
export const BARE_BOARDS = fileURLToPath(new URL('boards.toml', import.meta.url));

/** The API of these boards; `/slow` responds after that time. */
export function startApi(port: number, slowMs: number): Process {
  return new Process('bare API', BARE, ['api', `127.0.0.1:${port}`, String(slowMs)], {});
}

export interface Yardstick {
  process: Process;
  url: string;
}

/** The handler that makes all API requests of one of the boards. */
export function startHandler(bench: Pick<Bench, 'api' | 'accessToken'>, board: string, under?: Runner): Promise<Yardstick> {
  return start((address) => ['handler', address, bench.api, bench.accessToken(), ...paths(board)], under);
}

/** The handler that makes no request: the cost of any response. */
export function startAnswer(under?: Runner): Promise<Yardstick> {
  return start((address) => ['handler', address, 'http://127.0.0.1', 'none'], under);
}

/** The page with this many panels and bytes. */
export function startPage(panels: number, bytes: number, under?: Runner): Promise<Yardstick> {
  return start((address) => ['page', address, String(panels), String(bytes)], under);
}

/** A board's requests to the API, panel by panel. */
export function paths(board: string): string[] {
  const boards = readFileSync(BARE_BOARDS, 'utf8').split(/^\[\[board\]\]$/m);
  const wanted = boards.find((text) => text.includes(`\nid = "${board}"\n`)) ?? '';
  return [...wanted.matchAll(/^get = "(.*)"$/gm)].map(([, path = '']) => path);
}

async function start(args: (address: string) => string[], under?: Runner): Promise<Yardstick> {
  const [port] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  const [kind = '', ...rest] = args(address);
  const process = runUnder(under, `bare ${kind}`, BARE, [kind, ...rest], {});
  const url = `http://${address}/`;
  await process.answers(url, [200], under?.readyMs);
  return { process, url };
}
