// A small reverse proxy before the app, the provider and the API: it records exchanges, plays faults, and redirects
// over another origin on request. With a certificate it is the proxy of a production setup: TLS ends here.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Neighbour } from './neighbour.ts';

/** One exchange; `status` is 0 if the fault gave no response. */
export interface Exchange {
  method: string;
  /** With the query. */
  path: string;
  requestHeaders: http.IncomingHttpHeaders;
  /** The fields of a form body, such as `grant_type`. */
  form: Record<string, string>;
  status: number;
  responseHeaders: http.IncomingHttpHeaders;
  /** The response as text; only of a proxy that keeps bodies. */
  body: string;
  /** When it arrived, in milliseconds since 1970. */
  at: number;
  /** The port of the client, which identifies its process. */
  peer: number;
}

export type Fault =
  /** For figures only. A test that expects something in the meantime uses `hold`: a page may take longer than any delay. */
  | { kind: 'slow'; ms: number }
  | { kind: 'status'; status: number; body?: string; contentType?: string; headers?: Record<string, string> }
  | { kind: 'hang' }
  | { kind: 'drop' }
  /** A gate: holds requests, or their responses, until `heal()` opens it. Each then passes if its client is still connected. */
  | { kind: 'hold'; what: 'request' | 'answer' };

/** A key and its certificate, in PEM. */
export interface Credentials {
  key: string;
  cert: string;
}

/** The path below which the server behind the proxy is, on an origin that it shares with another application. */
export interface Mount {
  /** Such as `/dash`. */
  path: string;
  /** Whether the server gets the path without that prefix. */
  strips: boolean;
}

/** A request to the server behind the proxy. */
interface Asked {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

interface Detour {
  /** Each takes the detour once: later requests for it may come from a form of the page it returned. */
  paths: Set<string>;
  /** The URL of another origin that leads on to `back`. */
  over: (back: string) => string;
}

const KEPT_TYPES = /text|json|javascript|xml/;

export class Proxy {
  exchanges: Exchange[] = [];
  private fault: Fault | undefined;
  private faultApplies: (path: string) => boolean = () => true;
  private detour: Detour | undefined;
  /** The port for a path, if it is not the default: with it, the proxy serves several servers. */
  route: ((path: string) => number | undefined) | undefined;
  /** The other application of the origin, if the server is below a path. */
  readonly neighbour = new Neighbour();
  private letGo: (() => void)[] = [];
  private whoWaits: ((held: Exchange) => void)[] = [];
  /** The requests of clients on a detour, by the path they return to. */
  private readonly away = new Map<string, Asked>();
  private readonly server: http.Server | https.Server;
  private port = 0;

  private constructor(
    private readonly target: number,
    private readonly hostname: string,
    private readonly keepBodies: boolean,
    private readonly tls: Credentials | undefined,
    private readonly mount: Mount | undefined,
  ) {
    const pass: http.RequestListener = (request, response) => {
      this.pass(request, response).catch(() => response.destroy());
    };
    this.server = tls ? https.createServer(tls, pass) : http.createServer(pass);
  }

  /** Starts on a free port before `127.0.0.1:target`; `hostname` is its host name. */
  static async start(
    target: number,
    { hostname = '127.0.0.1', keepBodies = false, tls, mount }: { hostname?: string; keepBodies?: boolean; tls?: Credentials; mount?: Mount } = {},
  ): Promise<Proxy> {
    const proxy = new Proxy(target, hostname, keepBodies, tls, mount);
    await proxy.up();
    return proxy;
  }

  get origin(): string {
    return `http${this.tls ? 's' : ''}://${this.hostname}:${this.port}`;
  }

  /** The URL of the server behind it without a slash at the end: the origin, or the path below it. */
  get address(): string {
    return this.origin + (this.mount?.path ?? '');
  }

  /** The origin of the server behind it, for direct access. */
  get upstream(): string {
    return `http://127.0.0.1:${this.target}`;
  }

  /** From now on, plays `fault` on matching paths. */
  play(fault: Fault, on: RegExp = /^/): void {
    this.fault = fault;
    this.faultApplies = (path) => on.test(path);
  }

  /** The next request for each of these paths goes `over` another origin first; the request itself waits here. */
  leadAstray(paths: string[], over: (back: string) => string): void {
    this.detour = { paths: new Set(paths), over };
  }

  /** The next exchange that is held. */
  held(): Promise<Exchange> {
    return new Promise((resolve) => this.whoWaits.push(resolve));
  }

  /** No fault, no detour, nothing held, and listening. */
  async heal(): Promise<void> {
    this.fault = undefined;
    this.detour = undefined;
    for (const go of this.letGo.splice(0)) go();
    await this.up();
  }

  /** Connections are refused until `up()` or `heal()`. */
  async down(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  async up(): Promise<void> {
    if (this.server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  forget(): void {
    this.exchanges = [];
    this.neighbour.forget();
  }

  count(matches: (exchange: Exchange) => boolean): number {
    return this.exchanges.filter(matches).length;
  }

  private async pass(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (this.mount && !isBelow(this.mount.path, request.url ?? '')) {
      this.neighbour.answer(request, response);
      return;
    }
    const asked = this.asked(request, await collect(request));
    const isForm = asked.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    const exchange: Exchange = {
      method: asked.method,
      path: asked.path,
      requestHeaders: request.headers,
      form: isForm ? Object.fromEntries(new URLSearchParams(asked.body.toString())) : {},
      status: 0,
      responseHeaders: {},
      body: '',
      at: Date.now(),
      peer: request.socket.remotePort ?? 0,
    };
    this.exchanges.push(exchange);

    const fault = this.faultApplies(exchange.path) ? this.fault : undefined;
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'drop') {
      request.socket.destroy();
      return;
    }
    if (fault?.kind === 'slow') await sleep(fault.ms);
    if (fault?.kind === 'status') {
      exchange.status = fault.status;
      exchange.body = fault.body ?? '';
      response.writeHead(fault.status, { 'content-type': fault.contentType ?? 'text/plain', ...fault.headers }).end(exchange.body);
      return;
    }
    const isHeld = fault?.kind === 'hold' && fault.what;
    if (isHeld === 'request') await this.hold(exchange);
    if (response.destroyed) return;
    const pathname = asked.path.split('?')[0]!;
    if (this.detour?.paths.delete(pathname)) {
      // At the same path, so that relative URLs on the page stay valid.
      const back = `${pathname}?back=${randomUUID()}`;
      this.away.set(back, asked);
      exchange.status = 303;
      response.writeHead(303, { location: this.detour.over(this.origin + back), 'cache-control': 'no-store' }).end();
      return;
    }
    await this.forward(asked, response, exchange, isHeld === 'answer');
  }

  private async hold(exchange: Exchange): Promise<void> {
    const free = new Promise<void>((resolve) => this.letGo.push(resolve));
    for (const tell of this.whoWaits.splice(0)) tell(exchange);
    await free;
    // A client that disconnects at this moment is noticed a moment later.
    await sleep(50);
  }

  /** Passes `Host` unchanged: the server behind the proxy uses the proxy's address as its own. */
  private async forward(asked: Asked, response: http.ServerResponse, exchange: Exchange, isHeld: boolean): Promise<void> {
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const { method, body } = asked;
      const headers = withoutHopByHop(asked.headers);
      const port = this.route?.(asked.path) ?? this.target;
      const path = this.mount?.strips ? asked.path.slice(this.mount.path.length).replace(/^(?!\/)/, '/') : asked.path;
      const upstream = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false }, resolve);
      response.once('close', () => upstream.destroy());
      upstream.once('error', reject).end(body);
    });
    exchange.status = answer.statusCode ?? 0;
    exchange.responseHeaders = answer.headers;
    if (isHeld) await this.hold(exchange);
    response.writeHead(exchange.status, withoutHopByHop(answer.headersDistinct));
    if (this.keepBodies && KEPT_TYPES.test(answer.headers['content-type'] ?? '')) {
      const bytes = await collect(answer, response);
      exchange.body = decode(bytes, answer.headers['content-encoding']);
      response.end();
    } else {
      answer.pipe(response);
    }
  }

  /** The request; after a detour, the one from before it. */
  private asked(request: http.IncomingMessage, body: Buffer): Asked {
    const { method = '', url: path = '', headers } = request;
    const before = this.away.get(path);
    const told = this.tls || this.mount ? forwarded(request, this.tls ? 'https' : 'http') : headers;
    if (!before) return { method, path, headers: told, body };
    const { 'content-type': _type, 'content-length': _length, ...own } = told;
    const { 'content-type': type, 'content-length': length } = before.headers;
    const content = { ...(type && { 'content-type': type }), ...(length && { 'content-length': length }) };
    return { ...before, headers: { ...own, ...content } };
  }
}

/** Adds the headers of a proxy about its client; the client's own headers of these names stay before them, or are removed. */
function forwarded({ headers, socket }: http.IncomingMessage, scheme: string): http.IncomingHttpHeaders {
  const hops = [headers['x-forwarded-for'] ?? [], socket.remoteAddress ?? []].flat();
  return { ...headers, 'x-forwarded-for': hops.join(', '), 'x-forwarded-proto': scheme, 'x-forwarded-host': headers.host };
}

/** Whether a request target is this path or below it. */
function isBelow(prefix: string, target: string): boolean {
  return target.startsWith(prefix) && ['', '/', '?'].includes(target.charAt(prefix.length));
}

/** Reads a stream to its end, and passes each chunk on as it arrives. */
async function collect(stream: http.IncomingMessage, onTo?: http.ServerResponse): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
    onTo?.write(chunk);
  }
  return Buffer.concat(chunks);
}

/** Removes hop-by-hop headers (RFC 9110 7.6.1). */
function withoutHopByHop<H extends http.OutgoingHttpHeaders>(headers: H): http.OutgoingHttpHeaders {
  const { connection: _connection, 'keep-alive': _keepAlive, 'transfer-encoding': _encoding, ...rest } = headers;
  return rest;
}

function decode(bytes: Buffer, encoding: string | undefined): string {
  if (bytes.length === 0) return '';
  if (encoding === 'br') return brotliDecompressSync(bytes).toString();
  if (encoding === 'gzip') return gunzipSync(bytes).toString();
  return bytes.toString();
}
