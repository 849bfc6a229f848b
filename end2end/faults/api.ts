// The API of the suite, a process of its own: `node api.ts FIRST_PORT SECOND_PORT`, with the secret of access tokens in
// FAULTS_SECRET. It listens on two ports, which are two hosts for the app.
//
// /orders   ten rows that name the person of the access token
// /huge     almost 8 MiB of rows
// /hang     no response
// /acts     POST is an action; GET says how many were done, and how many came twice
// /work     twenty rows, each with a picture and a file; with `offset`, one of several pages
// /picture  a small PNG
// /paper    a PDF of 200 kB
// /stock    items for the audience of the stock, with `state` only those of that state; /stock/ID is one
// /reports  202 at first, and rows a second later, at the address that it names
// /jobs     POST begins a job, which is ready two seconds later; GET of /jobs/ID is its state
import http from 'node:http';
import { personOf } from './access_token.ts';
import { STOCK_AUDIENCE } from './boards.ts';

const SECRET = process.env.FAULTS_SECRET ?? '';
/** Just below what the app accepts of one response, which is 8 MiB. */
const HUGE_BYTES = 8 * 1024 * 1024 - 4 * 1024;

function row(index: number, customer: string): string {
  return JSON.stringify({ id: `O-${index}`, customer, total: index * 3 + 0.5, status: 'open' });
}

const huge = (() => {
  const rows: string[] = [];
  for (let bytes = 0; bytes < HUGE_BYTES - 200; bytes += rows.at(-1)!.length + 1) rows.push(row(rows.length, 'somebody'));
  return Buffer.from(`{"orders":[${rows.join(',')}],"total":${rows.length}}`);
})();

const PAPER = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(200_000, 'paper\n')]);
/** One transparent pixel. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const WORK_ROWS = 20;
const WORK_TOTAL = 200;
const JOB_MS = 2_000;
const REPORT_MS = 1_000;
const STATES = ['low', 'full'];
const item = (index: number, owner: string) => ({ id: `S-${index}`, state: STATES[index % STATES.length], owner });
/** When each job began. */
const jobs = new Map<string, number>();

/** The keys of actions, of both ports. */
const keys = new Set<string>();
let twice = 0;

function serve(port: number): void {
  http
    .createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api');
      const isOfStock = pathname.startsWith('/stock');
      const person = personOf(SECRET, (request.headers.authorization ?? '').replace(/^Bearer /, ''), isOfStock ? STOCK_AUDIENCE : '');
      if (pathname === '/health') return void response.writeHead(200).end('ok');
      if (pathname === '/hang') return;
      if (pathname === '/acts' && request.method === 'GET') return void response.writeHead(200).end(JSON.stringify({ done: keys.size, twice }));
      if (!person) {
        return void response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      }
      if (pathname.startsWith('/picture/')) return void response.writeHead(200, { 'content-type': 'image/png' }).end(PICTURE);
      if (pathname.startsWith('/paper/')) return void response.writeHead(200, { 'content-type': 'application/pdf' }).end(PAPER);
      if (pathname === '/reports') {
        return void response.writeHead(202, { location: `/reports/${Date.now()}`, 'retry-after': '1' }).end();
      }
      if (pathname.startsWith('/reports/')) {
        const isReady = Date.now() - Number(pathname.slice('/reports/'.length)) >= REPORT_MS;
        if (!isReady) return void response.writeHead(202, { 'retry-after': '1' }).end();
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ months: [{ month: 'May', owner: person }] }));
      }
      if (pathname === '/jobs' && request.method === 'POST') {
        const id = String(request.headers['idempotency-key']);
        jobs.set(id, Date.now());
        return void response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ id, status: 'queued' }));
      }
      if (pathname.startsWith('/jobs/')) {
        const id = pathname.slice('/jobs/'.length);
        const begun = jobs.get(id);
        if (begun === undefined) return void response.writeHead(404).end();
        const isReady = Date.now() - begun >= JOB_MS;
        if (isReady) jobs.delete(id);
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id, status: isReady ? 'ready' : 'running' }));
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      if (pathname === '/stock') {
        const states = searchParams.getAll('state');
        const items = Array.from({ length: WORK_ROWS }, (_, index) => item(index, person));
        return void response.end(JSON.stringify({ items: items.filter(({ state }) => !states.length || states.includes(state!)) }));
      }
      if (isOfStock) return void response.end(JSON.stringify(item(Number(pathname.slice('/stock/S-'.length)), person)));
      if (pathname === '/work') {
        const offset = Number(searchParams.get('offset') ?? 0);
        const rows = Array.from({ length: WORK_ROWS }, (_, index) => {
          const id = `W-${offset + index}`;
          return { id, owner: person, picture: `/picture/${id}.png`, paper: `${id}.pdf` };
        });
        return void response.end(JSON.stringify({ work: rows, total: WORK_TOTAL }));
      }
      if (pathname === '/huge') return void response.end(huge);
      if (pathname === '/acts') {
        const key = String(request.headers['idempotency-key']);
        if (keys.has(key)) twice += 1;
        keys.add(key);
        return void response.end('{}');
      }
      const rows = Array.from({ length: 10 }, (_, index) => row(index, person));
      response.end(`{"orders":[${rows.join(',')}],"total":10}`);
    })
    .listen(port, '127.0.0.1');
}

for (const port of process.argv.slice(2)) serve(Number(port));
