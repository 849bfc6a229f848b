// Requests that no browser would send: with any header, and from any loopback address.
import http from 'node:http';
import https from 'node:https';
import type { Stack } from './stack.ts';
import type { Authority } from './tls.ts';

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** The source address, one of 127.0.0.0/8. */
  from?: string;
  authority?: Authority | undefined;
}

/** Sends one request like a navigation, on its own connection; follows no redirect. */
export function send(address: string, { method = 'GET', headers, body, from = '127.0.0.1', authority }: Sent = {}): Promise<Answer> {
  const { hostname, port, pathname, search, protocol } = new URL(address);
  const options = {
    host: '127.0.0.1',
    port,
    path: pathname + search,
    method,
    headers: { host: new URL(address).host, accept: 'text/html', ...headers },
    localAddress: from,
    agent: false as const,
    servername: hostname,
    ca: authority?.ca,
  };
  return new Promise((resolve, reject) => {
    const request = (protocol === 'https:' ? https : http).request(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      response.on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}

export type Ask = (path: string) => Promise<Answer>;

/** The way browsers reach the app. */
export function throughProxy(stack: Stack, sent: Sent): Ask {
  return (path) => send(stack.address + path, { ...sent, authority: stack.authority });
}
