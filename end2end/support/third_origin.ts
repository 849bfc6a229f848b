// An origin other than app and provider that a provider redirects users over: a company's own sign-in, a terms page, an
// audit.
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, type Page } from '@playwright/test';
import { press } from './sign_in.ts';
import type { Credentials } from './proxy.ts';

/** How it continues: by a redirect, by a form that submits itself if scripts run, or by a link. */
export type Step = 'redirect' | 'form' | 'link';

export class ThirdOrigin {
  visits = 0;
  private step: Step = 'redirect';
  private readonly server: http.Server | https.Server;

  private constructor(private readonly tls: Credentials | undefined) {
    const answer: http.RequestListener = (request, response) => this.answer(request, response);
    this.server = tls ? https.createServer(tls, answer) : http.createServer(answer);
  }

  static async start(tls?: Credentials): Promise<ThirdOrigin> {
    const third = new ThirdOrigin(tls);
    await new Promise<void>((resolve) => third.server.listen(0, '127.0.0.2', resolve));
    return third;
  }

  get origin(): string {
    return `http${this.tls ? 's' : ''}://127.0.0.2:${(this.server.address() as AddressInfo).port}`;
  }

  /** The URL here that leads on to `back`. */
  over(step: Step): (back: string) => string {
    this.step = step;
    return (back) => `${this.origin}/?${new URLSearchParams({ back })}`;
  }

  /** Does the step by hand, if it does not happen by itself. */
  async pass(page: Page, scripts: boolean): Promise<void> {
    if (this.step === 'redirect' || (this.step === 'form' && scripts)) return;
    await expect(page).toHaveURL(new RegExp(`^${this.origin}/`));
    await press(page.getByRole(this.step === 'form' ? 'button' : 'link', { name: 'Go on' }));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', this.origin);
    const back = searchParams.get('back') ?? '';
    if (pathname !== '/' || !back) {
      response.writeHead(204).end();
      return;
    }
    this.visits += 1;
    if (this.step === 'redirect') {
      response.writeHead(302, { location: back }).end();
      return;
    }
    const way = {
      form: `<form method="post" action="${back}"><button>Go on</button></form><script>document.forms[0].submit()</script>`,
      link: `<a href="${back}">Go on</a>`,
    }[this.step];
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(`<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><title>On the way</title><h1>On the way</h1>${way}`);
  }
}
