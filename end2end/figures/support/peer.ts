// The peer of figures/peer/: Express, express-openid-connect and EJS, with the provider and the API of a bench.
//
// The provider knows one client with one redirect URI, that of the app. The peer is the same client: it uses the app's
// origin as its own but listens on another port, and the sign-in is sent to that port.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePorts, Process } from '../../support/process.ts';
import { appProviderEnv } from '../../support/providers.ts';
import type { Bench } from './bench.ts';
import { Browser, type Page } from './browser.ts';

const FOLDER = fileURLToPath(new URL('../peer/', import.meta.url));

export interface Peer {
  process: Process;
  port: number;
  /** The URL of its only page, without the host name that it uses as its own. */
  url: string;
}

export async function startPeer(bench: Bench): Promise<Peer> {
  if (!existsSync(`${FOLDER}node_modules`)) throw new Error('the peer is not installed: setup/peer.sh');
  const [port] = (await freePorts(1)) as [number];
  const client = appProviderEnv(bench.wanted.provider, bench.provider.origin);
  const settings = {
    port,
    origin: bench.origin,
    issuer: bench.provider.origin,
    clientId: client.CLAIMCHECK_CLIENT_ID,
    clientSecret: client.CLAIMCHECK_CLIENT_SECRET,
    idTokenAlg: client.CLAIMCHECK_ID_TOKEN_ALGS,
    scope: client.CLAIMCHECK_SCOPES,
    resource: client.CLAIMCHECK_RESOURCE,
    api: bench.api,
  };
  const env = { NODE_ENV: 'production', PEER_SETTINGS: JSON.stringify(settings) };
  const peer = new Process('peer', process.execPath, [`${FOLDER}server.mjs`], env);
  try {
    await peer.answers(`http://127.0.0.1:${port}/health`);
  } catch (error) {
    await peer.stop();
    throw error;
  }
  return { process: peer, port, url: `http://localhost:${port}/board` };
}

/** The peer's redirect to the provider. */
export async function startAtPeer(browser: Browser, bench: Bench, peer: Peer): Promise<string> {
  return Browser.onward(await browser.get(`${bench.origin}/board`, peer.port)) ?? '';
}

/** The peer's callback, which redirects to its page. */
export async function callbackAtPeer(browser: Browser, peer: Peer, url: string): Promise<void> {
  const page = await browser.get(url, peer.port);
  if (!Browser.onward(page)?.endsWith('/board')) throw new Error(`the peer's callback ended with ${page.status}:\n${page.body.slice(0, 2_000)}`);
}

export function pageOfPeer(browser: Browser, bench: Bench, peer: Peer): Promise<Page> {
  return browser.get(`${bench.origin}/board`, peer.port);
}
