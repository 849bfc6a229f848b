// The answers of the API for the boards in support/look.toml. They are the same on every day.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const CUSTOMERS = ['Nordlicht GmbH', 'Casa Ferrer', 'Isola Trading', 'Blue Harbour Foods and Wine', 'Atelier Morel', 'Kite Systems'];
const CITIES = ['Bergen', 'Porto', 'Leipzig', 'Utrecht', 'Lyon', 'Graz'];
const STATUSES = ['open', 'packed', 'shipped', 'returned', 'cancelled'];

const at = <T>(list: readonly T[], index: number): T => list[index % list.length]!;
const day = (index: number) => new Date(Date.UTC(2026, 2, 1 + index)).toISOString().slice(0, 10);

const ORDERS = Array.from({ length: 40 }, (_, index) => ({
  id: `ORD-${2540 - index}`,
  customer: at(CUSTOMERS, index * 5 + (index >> 2)),
  placed_at: `${day(index)}T09:${10 + index}:00Z`,
  status: at(STATUSES, index * 3 + (index >> 3)),
  items: 1 + ((index * 7) % 11),
  total: 40 + ((index * 7_919) % 2_300) + 0.5,
  city: at(CITIES, index * 7 + 1),
}));

const ANSWERS: Record<string, unknown> = {
  '/numbers': {
    revenue: 48_210,
    orders: 312,
    tickets: 14,
    seats: 38,
    days: Array.from({ length: 30 }, (_, index) => ({
      day: day(index),
      revenue: 1_200 + ((index * 373) % 900) + index * 20,
      cost: 700 + ((index * 211) % 400),
    })),
    statuses: [...STATUSES, 'on hold'].map((status, index) => ({ status, orders: 180 - index * 28 })),
    plans: ['Basic', 'Team', 'Business'].map((name, index) => ({ name, customers: 60 - index * 17 })),
  },
  '/stock': {
    articles: ['Desk lamp', 'Oak shelf', 'Wool rug', 'Wall clock', 'Stoneware bowl'].map((name, index) => ({
      name,
      sku: `A-${101 + index}`,
      stock: index * 3,
      state: index === 0 ? 'empty' : 'low',
    })),
  },
  '/orders': { orders: ORDERS },
  ...Object.fromEntries(ORDERS.map((order) => [`/orders/${order.id}`, { ...order, carrier: 'DHL', lines: [{ sku: 'A-101', quantity: 2 }, { sku: 'A-104', quantity: 1 }] }])),
};

export class Answers {
  private constructor(
    private readonly server: http.Server,
    readonly port: number,
  ) {}

  static async start(): Promise<Answers> {
    const server = http.createServer((request, response) => {
      const body = ANSWERS[new URL(request.url ?? '', 'http://localhost').pathname];
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Answers(server, (server.address() as AddressInfo).port);
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}
