// Another application on the origin of a dashboard below a path. It answers every path that is not below that one, and
// records what it was asked: nothing of ours may be among that.
import type http from 'node:http';

/** A request that reached it. */
export interface NeighbourRequest {
  path: string;
  /** The `Cookie` header. */
  cookies: string;
}

export class Neighbour {
  asked: NeighbourRequest[] = [];

  forget(): void {
    this.asked = [];
  }

  answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    this.asked.push({ path: request.url ?? '', cookies: request.headers.cookie ?? '' });
    request.resume();
    // As careless as such an application may be: everything is found, and every answer is a page.
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end('<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>Another application</title><h1>Another application</h1>');
  }
}
