// Access tokens of the suite: who, for which API and until when, signed with a secret that provider and API share.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Without an audience, it is for the first API. */
export function accessToken(secret: string, person: string, until: number, audience = ''): string {
  const content = Buffer.from(JSON.stringify({ person, until, audience })).toString('base64url');
  return `${content}.${signature(secret, content)}`;
}

/** The person of a token for that audience that has not expired. */
export function personOf(secret: string, token: string, audience = ''): string | undefined {
  const [content = '', signed = ''] = token.split('.');
  const right = Buffer.from(signature(secret, content));
  if (signed.length !== right.length || !timingSafeEqual(Buffer.from(signed), right)) return undefined;
  const said = JSON.parse(Buffer.from(content, 'base64url').toString()) as { person: string; until: number; audience: string };
  return said.until > Date.now() / 1_000 && said.audience === audience ? said.person : undefined;
}

function signature(secret: string, content: string): string {
  return createHmac('sha256', secret).update(content).digest('base64url');
}
