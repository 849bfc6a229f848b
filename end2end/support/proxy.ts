// A small reverse proxy in front of the app, the provider and the API: it remembers what passed, and plays faults.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** One exchange that passed; `status` is 0 where the fault gave no answer. */
export interface Exchange {
  method: string;
  /** With the query. */
  path: string;
  requestHeaders: http.IncomingHttpHeaders;
  /** The fields of a form body, such as `grant_type`. */
  form: Record<string, string>;
  status: number;
  responseHeaders: http.IncomingHttpHeaders;
  /** The answer as text; only of a proxy that keeps bodies. */
  body: string;
}

export type Fault =
  | { kind: 'slow'; ms: number }
  | { kind: 'status'; status: number; body?: string; contentType?: string }
  | { kind: 'hang' }
  | { kind: 'drop' };

const KEPT_TYPES = /text|json|javascript|xml/;

export class Proxy {
  exchanges: Exchange[] = [];
  private fault: Fault | undefined;
  private faultApplies: (path: string) => boolean = () => true;
  private server = http.createServer((request, response) => {
    this.pass(request, response).catch(() => response.destroy());
  });

  private constructor(
    private readonly target: number,
    private readonly hostname: string,
    private readonly keepBodies: boolean,
    private port = 0,
  ) {}

  /** Starts on a free port in front of `127.0.0.1:target`; `hostname` is the name it is known by. */
  static async start(target: number, { hostname = '127.0.0.1', keepBodies = false } = {}): Promise<Proxy> {
    const proxy = new Proxy(target, hostname, keepBodies);
    await proxy.up();
    return proxy;
  }

  get origin(): string {
    return `http://${this.hostname}:${this.port}`;
  }

  /** From now on, plays `fault` on the paths that match. */
  play(fault: Fault, on: RegExp = /^/): void {
    this.fault = fault;
    this.faultApplies = (path) => on.test(path);
  }

  /** No fault, and listening. */
  async heal(): Promise<void> {
    this.fault = undefined;
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
  }

  count(matches: (exchange: Exchange) => boolean): number {
    return this.exchanges.filter(matches).length;
  }

  private async pass(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await collect(request);
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    const exchange: Exchange = {
      method: request.method ?? '',
      path: request.url ?? '',
      requestHeaders: request.headers,
      form: isForm ? Object.fromEntries(new URLSearchParams(body.toString())) : {},
      status: 0,
      responseHeaders: {},
      body: '',
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
      response.writeHead(fault.status, { 'content-type': fault.contentType ?? 'text/plain' }).end(exchange.body);
      return;
    }
    await this.forward(request, body, response, exchange);
  }

  /** The `Host` passes as it came: to who stands behind, this proxy's address is its own. */
  private async forward(
    request: http.IncomingMessage,
    body: Buffer,
    response: http.ServerResponse,
    exchange: Exchange,
  ): Promise<void> {
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const { method, url: path } = request;
      const headers = withoutHopByHop(request.headers);
      const upstream = http.request({ host: '127.0.0.1', port: this.target, method, path, headers, agent: false }, resolve);
      response.once('close', () => upstream.destroy());
      upstream.once('error', reject).end(body);
    });
    exchange.status = answer.statusCode ?? 0;
    exchange.responseHeaders = answer.headers;
    response.writeHead(exchange.status, withoutHopByHop(answer.headersDistinct));
    if (this.keepBodies && KEPT_TYPES.test(answer.headers['content-type'] ?? '')) {
      const bytes = await collect(answer, response);
      exchange.body = decode(bytes, answer.headers['content-encoding']);
      response.end();
    } else {
      answer.pipe(response);
    }
  }
}

/** Reads a stream to its end, passing each piece on as it comes. */
async function collect(stream: http.IncomingMessage, onTo?: http.ServerResponse): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
    onTo?.write(chunk);
  }
  return Buffer.concat(chunks);
}

/** The headers that concern more than one connection (RFC 9110 7.6.1). */
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
