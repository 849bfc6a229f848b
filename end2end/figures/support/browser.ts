// A browser as seen by a server: it keeps cookies and sends the headers of a navigation. It runs no scripts, renders
// nothing and fetches no assets, so thousands of them need few resources.
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Page {
  url: string;
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
  /** From the first byte sent to the last byte received. */
  ms: number;
}

interface Cookie {
  host: string;
  path: string;
  name: string;
  value: string;
}

/** The headers of a navigation, except for its origin. */
export const NAVIGATION: http.OutgoingHttpHeaders = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'accept-language': 'en',
  'upgrade-insecure-requests': '1',
  'user-agent': 'Mozilla/5.0 (figures)',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-user': '?1',
};

/** Connections are kept and shared by all browsers, so that the server is measured and not its accept queue. */
const agent = new http.Agent({ keepAlive: true });

/** Closes kept connections and lets the server notice, so that they do not count as memory of the measured sessions. */
export async function closeConnections(): Promise<void> {
  agent.destroy();
  await sleep(500);
}

/** How a browser connects, if not like the others. */
export interface Connecting {
  /** Its own address, such as `127.0.0.9`: another client for limits per network. */
  from?: string;
  /** A new connection for each request. */
  isNew?: boolean;
  /** A request fails after this time. */
  withinMs?: number;
  /** The authority that certificates are checked against, in PEM. */
  ca?: string;
}

export class Browser {
  private cookies: Cookie[] = [];
  private readonly connecting: http.RequestOptions;
  private readonly ca: string | undefined;

  constructor({ from, isNew, withinMs, ca }: Connecting = {}) {
    this.ca = ca;
    const own = from ? new http.Agent({ keepAlive: true, localAddress: from }) : agent;
    this.connecting = {
      agent: isNew ? false : own,
      ...(from && { localAddress: from }),
      ...(withinMs && { timeout: withinMs }),
    };
  }

  /** One navigation without following redirects; `port` overrides that of the URL, if several servers share its address. */
  get(url: string, port?: number): Promise<Page> {
    return this.send('GET', url, { 'sec-fetch-site': 'none' }, '', port);
  }

  /** Submits a form of the page, with `url`'s own origin. */
  post(url: string, fields: Record<string, string>): Promise<Page> {
    const headers = {
      'sec-fetch-site': 'same-origin',
      origin: new URL(url).origin,
      'content-type': 'application/x-www-form-urlencoded',
    };
    return this.send('POST', url, headers, new URLSearchParams(fields).toString());
  }

  /** The target of a redirect; nothing if it is none. */
  static onward({ status, headers, url }: Page): string | undefined {
    return status >= 300 && status < 400 && headers.location ? new URL(headers.location, url).href : undefined;
  }

  /** The `Cookie` header for a URL. */
  cookieHeader(url: string): string {
    const { hostname, pathname } = new URL(url);
    return this.cookiesFor(hostname, pathname);
  }

  /** Any request; headers given replace a browser's own. */
  async send(method: string, url: string, more: http.OutgoingHttpHeaders, body = '', to?: number): Promise<Page> {
    const { protocol, hostname, port, pathname, search, host } = new URL(url);
    const cookie = this.cookiesFor(hostname, pathname);
    const headers: http.OutgoingHttpHeaders = {
      host,
      ...NAVIGATION,
      ...(cookie && { cookie }),
      ...(body && { 'content-length': Buffer.byteLength(body) }),
      ...more,
    };
    const start = performance.now();
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      // Everything listens on the loopback address, whatever its host name.
      const options = { ...this.connecting, host: '127.0.0.1', port: to ?? port, method, path: pathname + search, headers };
      const request = protocol === 'https:'
        ? https.request({ ...options, agent: false, servername: hostname, ca: this.ca }, resolve)
        : http.request(options, resolve);
      request.once('error', reject);
      request.once('timeout', () => request.destroy(new Error('no answer in time'))).end(body);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    for (const line of answer.headers['set-cookie'] ?? []) this.keep(line, hostname, pathname);
    return {
      url,
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: Buffer.concat(chunks).toString(),
      ms: performance.now() - start,
    };
  }

  /** By host, regardless of the port, and by path (RFC 6265 5.4). */
  private cookiesFor(host: string, path: string): string {
    return this.cookies
      .filter((cookie) => cookie.host === host && within(path, cookie.path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  private keep(line: string, host: string, requestPath: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', value = ''] = split(pair);
    const said = new Map(attributes.map(split).map(([key, value]) => [key.toLowerCase(), value]));
    const path = said.get('path') || requestPath.replace(/\/[^/]*$/, '') || '/';
    this.cookies = this.cookies.filter((cookie) => cookie.host !== host || cookie.name !== name || cookie.path !== path);
    const maxAge = said.get('max-age');
    const isOver = maxAge === undefined ? Date.parse(said.get('expires') ?? '') <= Date.now() : Number(maxAge) <= 0;
    if (!isOver) this.cookies.push({ host, path, name, value });
  }
}

function within(path: string, cookiePath: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}

function split(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}
