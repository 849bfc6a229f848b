// Signing in over HTTP: the same requests as through the provider's pages, with the cookies of the browser context, but
// without rendering. For specs that are not about signing in.
import { expect, type APIRequestContext, type APIResponse } from '@playwright/test';
import { PASSWORD, type Person } from './providers.ts';
import type { Stack } from './stack.ts';

const MANY_HOPS = 20;
/** The headers of a navigation that the app and the providers check. */
const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

/** Requests `path`, signs in, and stops at the redirect back to `path`: the app has rendered nothing yet. */
export async function signInOverHttp(request: APIRequestContext, stack: Stack, person: Person, path: string): Promise<void> {
  const { origin, pathname: base } = new URL(`${stack.address}/`);
  let answer = await get(request, stack, stack.address + path);
  for (let hop = 0; hop < MANY_HOPS; hop++) {
    const { location } = answer.headers();
    const next = location && new URL(location, answer.url());
    // What is of the app, below its path.
    const own = next && next.origin === origin && next.pathname.startsWith(base) ? next.pathname.slice(base.length - 1) : undefined;
    if (!next) {
      answer = await submit(request, stack, answer, person);
    } else if (own !== undefined && !own.startsWith('/auth/')) {
      expect(own + next.search, 'where the sign-in leads').toBe(path);
      return;
    } else if (own === '/auth/zone') {
      // A page that a browser passes through at its first sign-in.
      expect(next.searchParams.get('return_to'), 'where the sign-in leads').toBe(base.slice(0, -1) + path);
      return;
    } else {
      answer = await get(request, stack, next.href);
    }
  }
  throw new Error(`a sign-in over HTTP has no end: ${answer.url()}`);
}

function get(request: APIRequestContext, stack: Stack, url: string): Promise<APIResponse> {
  return request.get(url, { headers: NAVIGATION, ...options(stack) });
}

/** Sends the first form of a provider page: the credentials, or the consent. */
async function submit(request: APIRequestContext, stack: Stack, answer: APIResponse, person: Person): Promise<APIResponse> {
  const page = await answer.text();
  const [, attributes = '', inside = ''] = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(page) ?? [];
  const action = attribute(attributes, 'action');
  const isProvider = answer.url().startsWith(stack.provider.origin);
  if (!isProvider || answer.status() !== 200 || !action) throw new Error(`a sign-in stopped at ${answer.url()} with ${answer.status()}:\n${page}`);
  const url = new URL(action, answer.url());
  const form: Record<string, string> = {};
  for (const [input] of inside.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)) {
    form[attribute(input, 'name') ?? ''] = attribute(input, 'value') ?? '';
  }
  if (/\/(login|sign-in)$/.test(url.pathname)) Object.assign(form, { username: person.username, password: PASSWORD });
  else form.action = 'allow';
  const headers = { ...NAVIGATION, origin: url.origin, 'sec-fetch-site': 'same-origin' };
  return request.post(url.href, { form, headers, ...options(stack) });
}

/** Behind TLS, only the browser knows the certificate. */
function options(stack: Stack) {
  return { maxRedirects: 0, ignoreHTTPSErrors: stack.authority !== undefined };
}

function attribute(tag: string, name: string): string | undefined {
  const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#x27;': "'" };
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (entity) => entities[entity] ?? entity);
}
