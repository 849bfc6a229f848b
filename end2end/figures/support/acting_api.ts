// An API of 50 orders that takes actions: `GET /orders`, and `POST /orders/ID/ship`, which changes nothing, so that boards
// stay alike. It runs in the process of the figure.
import http from 'node:http';
import { freePorts } from '../../support/process.ts';
import { ordersPanel } from './orders_panel.ts';

export const ROWS = 50;

const orders = Array.from({ length: ROWS }, (_, index) => ({
  id: `A-${9_000 - index}`,
  customer: ['Albers & Zonen', 'Atelier Moreau', 'Bakkerij De Haven', 'Weinhandlung Krone'][index % 4],
  placed_at: `2026-09-${String(28 - (index % 28)).padStart(2, '0')}T09:00:00Z`,
  status: ['open', 'packed'][index % 2],
  items: 1 + (index % 9),
  total: ((index * 7_919) % 250_000) / 100,
  city: ['Rotterdam', 'Lyon', 'Antwerp', 'Vienna'][index % 4],
}));
const BODY = JSON.stringify({ orders, total: ROWS });

export class ActingApi {
  /** The keys of the actions so far. */
  readonly keys = new Set<string>();

  private constructor(
    readonly origin: string,
    private readonly server: http.Server,
  ) {}

  static async start(): Promise<ActingApi> {
    const [port = 0] = await freePorts(1);
    const server = http.createServer();
    const api = new ActingApi(`http://127.0.0.1:${port}`, server);
    server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
      request.resume().once('end', () => api.answer(request, response));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return api;
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    if (!request.headers.authorization?.startsWith('Bearer ')) return void response.writeHead(401).end();
    const json = { 'content-type': 'application/json' };
    const isAction = request.method === 'POST' && request.url?.endsWith('/ship');
    if (!isAction) return void response.writeHead(200, json).end(BODY);
    this.keys.add(String(request.headers['idempotency-key']));
    response.writeHead(200, json).end('{}');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** The board of these orders, with an action for each. */
export const BOARD = `
[[board]]
id = "ship"
title = "Orders"
${ordersPanel('Orders', '/orders')}
[[board.panel.action]]
label = "Ship"
post = "/orders/{id}/ship"
confirm = "Ship {id} to {customer}?"
done = "{id} is on its way."
fields = [
    { key = "carrier", title = "Carrier", choices = ["DHL", "Post"], value = "DHL" },
    { key = "parcels", title = "Parcels", kind = "whole", min = 1, max = 20, value = "{items}", required = true },
]
`;
