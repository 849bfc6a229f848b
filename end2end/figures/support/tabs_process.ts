// The process of tabs.ts: `node tabs_process.ts WANTED`, a `TabsWanted` as JSON. It holds the streams until it is killed,
// and reports its counts on request.
import net from 'node:net';
import { setPriority } from 'node:os';
import type { TabCounts, TabsWanted } from './tabs.ts';

const wanted = JSON.parse(process.argv[2]!) as TabsWanted;
/** New connections in one step of 20 ms: 5,000 are open after two seconds. */
const STEP = 50;

// Browsers are other machines: they do not compete with the process that is measured.
setPriority(10);

const counts: TabCounts = { open: 0, heartbeats: 0, told: 0, lost: 0, refused: {} };

function open(index: number): void {
  const localAddress = `${wanted.network}.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;
  const socket = net.connect({ port: wanted.port, host: '127.0.0.1', localAddress });
  let state: 'asked' | 'open' | 'told' | 'over' = 'asked';
  let head = '';
  const over = (what?: string) => {
    if (state === 'open') {
      counts.open -= 1;
      counts.lost += 1;
    } else if (state === 'asked') counts.refused[what ?? 'closed'] = (counts.refused[what ?? 'closed'] ?? 0) + 1;
    state = 'over';
    socket.destroy();
  };
  socket.on('connect', () => {
    const fields = [
      `Host: ${wanted.host}`,
      `Cookie: ${wanted.cookies[index % wanted.cookies.length]}`,
      'Accept: text/event-stream',
      'Sec-Fetch-Site: same-origin',
      'Sec-Fetch-Mode: cors',
      'Sec-Fetch-Dest: empty',
    ];
    socket.write(`GET ${wanted.path ?? ''}/auth/events HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`);
  });
  socket.on('data', (bytes) => {
    const text = bytes.toString('latin1');
    if (state === 'asked') {
      head += text;
      if (!head.includes('\r\n\r\n')) return;
      const status = head.slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3);
      if (status !== '200') return over(status);
      state = 'open';
      counts.open += 1;
    } else if (state === 'open' && /^data: ?ended/m.test(text)) {
      state = 'told';
      counts.open -= 1;
      counts.told += 1;
      socket.destroy();
    } else if (state === 'open' && /(^|\n)0\r\n\r\n$/.test(text)) over();
    else if (state === 'open' && /^:/m.test(text)) counts.heartbeats += 1;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => over(error.code ?? error.message));
  socket.on('close', () => over());
}

let begun = 0;
const timer = setInterval(() => {
  for (let step = 0; step < STEP && begun < wanted.count; step++) open(begun++);
  if (begun === wanted.count) clearInterval(timer);
}, 20);

process.on('message', () => process.send?.(counts));
process.on('disconnect', () => process.exit());
