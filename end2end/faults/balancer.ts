// A load balancer as a proxy: asks each process four times a second whether it is ready, and sends it requests only then.
// It keeps connections to the processes and sends nothing twice, so every request that a process loses is counted.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App } from './world.ts';

const ASKS_EVERY_MS = 250;

export class LoadBalancer {
  /** Requests that got no response from a process, or only a part of one. */
  readonly lost: string[] = [];
  requests = 0;
  private readonly agent = new http.Agent({ keepAlive: true });
  private readonly ready: Set<App>;
  private readonly server: http.Server;
  private readonly timer: NodeJS.Timeout;
  private turn = 0;

  private constructor(private readonly apps: App[]) {
    this.ready = new Set(apps);
    this.server = http.createServer((request, response) => this.pass(request, response));
    this.timer = setInterval(() => apps.forEach((app) => void this.ask(app)), ASKS_EVERY_MS);
  }

  /** In front of processes that are ready. */
  static async start(apps: App[]): Promise<LoadBalancer> {
    const balancer = new LoadBalancer(apps);
    await new Promise<void>((resolve) => balancer.server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Completes when it sends requests to a process again. */
  async takesUp(app: App): Promise<void> {
    while (!this.ready.has(app)) await new Promise((resolve) => setTimeout(resolve, ASKS_EVERY_MS / 5));
  }

  stop(): void {
    clearInterval(this.timer);
    this.server.close();
    this.server.closeAllConnections();
    this.agent.destroy();
  }

  private async ask(app: App): Promise<void> {
    const answer = fetch(`http://127.0.0.1:${app.port}/health/ready`, { signal: AbortSignal.timeout(1_000) });
    const isReady = await answer.then(({ status }) => status === 200, () => false);
    if (isReady) this.ready.add(app);
    else this.ready.delete(app);
  }

  private pass(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.requests += 1;
    const among = this.ready.size ? [...this.ready] : this.apps;
    const { port } = among[this.turn++ % among.length]!;
    const what = `${request.method} ${request.url?.split('?')[0]} on ${port}`;
    const { connection: _, ...headers } = request.headers;
    const onward = http.request(
      { agent: this.agent, host: '127.0.0.1', port, method: request.method, path: request.url, headers: { ...headers, 'x-forwarded-for': '203.0.113.7' } },
      (answer) => {
        const { connection: _, ...fields } = answer.headers;
        response.writeHead(answer.statusCode ?? 502, fields);
        answer.pipe(response);
        answer.once('error', (error) => {
          this.lost.push(`${what}: ${error.message}`);
          response.destroy();
        });
      },
    );
    onward.once('error', (error) => {
      this.lost.push(`${what}: ${error.message}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    request.pipe(onward);
  }
}
