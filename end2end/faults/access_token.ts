// Access tokens of the suite: who and until when, signed with a secret that provider and API share.
import { createHmac, timingSafeEqual } from 'node:crypto';

export function accessToken(secret: string, person: string, until: number): string {
  const content = Buffer.from(JSON.stringify({ person, until })).toString('base64url');
  return `${content}.${signature(secret, content)}`;
}

/** The person of a token that has not expired. */
export function personOf(secret: string, token: string): string | undefined {
  const [content = '', signed = ''] = token.split('.');
  const right = Buffer.from(signature(secret, content));
  if (signed.length !== right.length || !timingSafeEqual(Buffer.from(signed), right)) return undefined;
  const { person, until } = JSON.parse(Buffer.from(content, 'base64url').toString()) as { person: string; until: number };
  return until > Date.now() / 1_000 ? person : undefined;
}

function signature(secret: string, content: string): string {
  return createHmac('sha256', secret).update(content).digest('base64url');
}
