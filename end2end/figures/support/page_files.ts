// The files that a browser loads on a first visit to a page, determined without a browser: the page itself, the files
// named in its markup and its loader, and the files named in its scripts and style sheets. Only its own origin; the
// pages load no other files.
import type http from 'node:http';
import { brotliDecompressSync } from 'node:zlib';
import { NAVIGATION } from './browser.ts';
import { sent } from './load.ts';

/** One file as sent. */
export interface Loaded {
  path: string;
  encoding: string;
  /** Bytes of the body, encoded. */
  body: number;
  headers: number;
}

interface Fetched extends Loaded {
  /** Decoded. */
  text: string;
}

/** The page at `url` for the session of that cookie, and every file that it loads. */
export async function filesOf(url: string, cookie: string): Promise<Loaded[]> {
  const page = await fetched(url, { ...NAVIGATION, 'sec-fetch-site': 'none', cookie });
  const files = [page];
  const addresses = new Set(namesInPage(page.text).map((name) => new URL(name, url).href));
  // The set grows during the loop: files named in a file are added at the end.
  for (const address of addresses) {
    const file = await fetched(address);
    files.push(file);
    for (const name of namesInFile(file)) addresses.add(new URL(name, address).href);
  }
  return files;
}

/** The files that the scripts among `files` load on first use only: WebAssembly that they fetch themselves. */
export async function laterFilesOf(origin: string, files: Loaded[]): Promise<Loaded[]> {
  const scripts = await Promise.all(files.filter(({ path }) => path.endsWith('.js')).map(({ path }) => fetched(origin + path)));
  const addresses = scripts.flatMap(({ path, text }) =>
    found(text, /\bnew URL\(\s*["'](\.[^"']+\.wasm)["']/g).map((name) => new URL(name, origin + path).href),
  );
  return Promise.all([...new Set(addresses)].map((address) => fetched(address)));
}

/** One file as a browser gets it, with brotli if the app has it. */
export async function fetched(url: string, asked: http.OutgoingHttpHeaders = {}): Promise<Fetched> {
  const { body, headers } = await sent(url, { ...asked, 'accept-encoding': 'gzip, deflate, br' });
  const encoding = headers['content-encoding'] ?? 'none';
  return {
    path: new URL(url).pathname,
    encoding,
    body: body.length,
    headers: Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('').length,
    text: (encoding === 'br' ? brotliDecompressSync(body) : body).toString(),
  };
}

/** Links in the head that a browser follows by itself, sources, and the loader's files: `site` and an extension. */
function namesInPage(html: string): string[] {
  const links = [...html.matchAll(/<link\b[^>]*>/g)].map(([tag]) => tag);
  const followed = links.filter((tag) => /\brel="[^"]*\b(icon|stylesheet|manifest|preload|modulepreload)\b/.test(tag));
  const [, site = ''] = /\bconst site = "([^"]+)"/.exec(html) ?? [];
  return [
    ...followed.flatMap((tag) => found(tag, /\bhref="([^"]+)"/g)),
    ...found(html, /<(?:script|img|iframe|source)\b[^>]*\bsrc="([^"]+)"/g),
    ...found(html, /\bsite \+ "(\.\w+)"/g).map((ending) => site + ending),
  ];
}

function namesInFile({ path, text }: Fetched): string[] {
  if (path.endsWith('.css')) return found(text, /(?:\burl\(|@import )\s*["']?(?!data:)([^"')]+)/g);
  if (path.endsWith('.js')) return found(text, /\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g);
  return [];
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}
