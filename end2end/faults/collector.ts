// A collector of traces that comes and goes: it takes what it gets, is busy, and is away, in turn.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export class Collector {
  /** Requests that were taken, and their bytes. */
  taken = 0;
  bytes = 0;
  /** Requests that were answered with 503. */
  refused = 0;
  /** How often it went away. */
  absences = 0;
  private isBusy = false;
  private isOver = false;
  private server = this.serve();
  private port = 0;
  private turns: Promise<void> | undefined;

  static async start(everyMs: number): Promise<Collector> {
    const collector = new Collector();
    await collector.listen();
    collector.turns = collector.take(everyMs);
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.turns;
    await this.goAway();
  }

  private async take(everyMs: number): Promise<void> {
    for (let turn = 0; !this.isOver; turn++) {
      // Shorter steps, so that stopping does not wait for a whole turn.
      for (const until = performance.now() + everyMs; !this.isOver && performance.now() < until; ) await sleep(100);
      if (this.isOver) return;
      this.isBusy = turn % 3 === 0;
      if (turn % 3 === 1) {
        await this.goAway();
        this.absences += 1;
      } else if (turn % 3 === 2) await this.listen();
    }
  }

  private serve(): http.Server {
    return http.createServer((request, response) => {
      request.on('data', (chunk: Buffer) => (this.bytes += this.isBusy ? 0 : chunk.length));
      request.on('end', () => {
        if (this.isBusy) this.refused += 1;
        else this.taken += 1;
        response.writeHead(this.isBusy ? 503 : 200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
  }

  private async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  private async goAway(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
    this.server = this.serve();
  }
}
