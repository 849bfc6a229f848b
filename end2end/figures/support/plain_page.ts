// A page of the app without its scripts, from a server of Node: its HTML and its style as they are. What a browser needs
// for it is what the board would need if it were a document and nothing else.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync } from 'node:zlib';
import { sent } from './load.ts';

export interface PlainPage {
  url: string;
  stop(): void;
}

/** The page at `url` for the session of that cookie. */
export async function startPlainPage(url: string, headers: http.OutgoingHttpHeaders): Promise<PlainPage> {
  const html = (await sent(url, headers)).body.toString().replace(/<script\b[\s\S]*?<\/script>/g, '');
  const [, style = ''] = /<link rel="stylesheet" href="([^"]+)"/.exec(html) ?? [];
  const css = await sent(new URL(style, url).href, { 'accept-encoding': 'br' });
  if (css.headers['content-encoding'] !== 'br') throw new Error(`${style} was not sent with brotli`);
  const text = brotliDecompressSync(css.body);
  const server = http.createServer((request, response) => {
    if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(html);
    else if (request.url === style) response.writeHead(200, { 'content-type': 'text/css', 'cache-control': 'max-age=3600' }).end(text);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
