// Load that runs as a process of its own: `node attacker.ts PLAN`, a `Plan` of attack.ts as JSON. It goes on until it is
// killed, and reports its counts on request.
import net from 'node:net';
import { setPriority } from 'node:os';
import type { Counts, Plan } from './attack.ts';

const plan = JSON.parse(process.argv[2]!) as Plan;
/** New connections in one step of 20 ms: all of ten thousand are open after a few seconds. */
const STEP = 100;
const DRIP_MS = 2_000;
/** Requests that a slow reader sends: answers of some megabytes, more than the buffers of a connection hold. */
const PIPELINED = 60;

// The person who is watched has a browser on another machine: it does not compete with this process.
setPriority(10);

const counts: Counts = { open: 0, ends: {} };
const count = (what: string) => (counts.ends[what] = (counts.ends[what] ?? 0) + 1);
let started = 0;
let waiting = plan.count;

const turn = <T>(items: T[] | undefined, index: number): T | undefined => items?.[index % items.length];

function request(index: number, of: number): string {
  const cookie = turn(plan.cookies, index);
  const path = turn(plan.paths, index + of) ?? '/';
  const isStream = plan.kind === 'streams';
  const fetch = isStream ? 'cors\r\nSec-Fetch-Dest: empty' : 'navigate\r\nSec-Fetch-Dest: document';
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${plan.host}`,
    ...(cookie ? [`Cookie: ${cookie}`] : []),
    `Accept: ${isStream ? 'text/event-stream' : 'text/html'}`,
    `Sec-Fetch-Site: same-origin`,
    `Sec-Fetch-Mode: ${fetch}`,
    '',
    '',
  ].join('\r\n');
}

function head(index: number): string {
  switch (plan.kind) {
    case 'idle':
      return '';
    case 'slow heads':
      return `GET / HTTP/1.1\r\nHost: ${plan.host}\r\n`;
    case 'slow bodies':
    case 'trickled bodies':
      return `POST /auth/back-channel-logout HTTP/1.1\r\nHost: ${plan.host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60\r\n\r\n`;
    case 'slow readers':
      return Array.from({ length: PIPELINED }, (_, of) => request(index, of)).join('');
    case 'streams':
    case 'requests':
      return request(index, 0);
  }
}

function connect(): void {
  const index = started++;
  const socket = net.connect({ port: plan.port, host: '127.0.0.1', localAddress: turn(plan.from, index) });
  let isOpen = false;
  let end = 'closed';
  let dripping: NodeJS.Timeout | undefined;
  socket.on('connect', () => {
    isOpen = true;
    counts.open += 1;
    socket.write(head(index));
    const drip = plan.kind === 'slow heads' ? 'X-More: 1\r\n' : plan.kind === 'trickled bodies' ? 'a' : '';
    if (drip) dripping = setInterval(() => socket.write(drip), DRIP_MS);
    if (plan.kind === 'slow readers') socket.pause();
    else read(socket, index);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    end = error.code === 'ECONNREFUSED' ? 'refused' : error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : String(error.code);
  });
  socket.on('close', () => {
    clearInterval(dripping);
    if (isOpen) counts.open -= 1;
    count(end);
    waiting += 1;
  });
}

/** Counts the statuses of the answers; sends the next request when an answer has ended. */
function read(socket: net.Socket, index: number): void {
  let of = 0;
  /** The head as far as it has come, or the last characters of a chunked body. */
  let text = '';
  /** Bytes of the body that are still to come. */
  let left = 0;
  let isChunked = false;
  const end = () => {
    [text, left, isChunked] = ['', 0, false];
    of += 1;
    if (plan.kind === 'requests') socket.write(request(index, of));
  };
  const head = () => {
    const length = text.indexOf('\r\n\r\n');
    if (length < 0) return;
    const [lines, rest] = [text.slice(0, length), text.slice(length + 4)];
    count(lines.slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3));
    isChunked = /^transfer-encoding: *chunked/im.test(lines);
    left = Number(/^content-length: *(\d+)/im.exec(lines)?.[1] ?? 0) - rest.length;
    text = rest;
    if (isChunked) chunk();
    else if (left <= 0) end();
  };
  const chunk = () => {
    if (text.endsWith('0\r\n\r\n')) end();
    else text = text.slice(-8);
  };
  socket.on('data', (bytes: Buffer) => {
    if (left > 0 && !isChunked) {
      left -= bytes.length;
      if (left <= 0) end();
      return;
    }
    text += bytes.toString('latin1');
    if (isChunked) chunk();
    else head();
  });
}

setInterval(() => {
  for (let step = 0; step < STEP && waiting > 0; step++) {
    waiting -= 1;
    connect();
  }
}, 20);

process.send?.('begun');
process.on('message', () => process.send?.(counts));
process.on('disconnect', () => process.exit());
