// Token requests beside the app: what a thief of a refresh token would send.
import type { Rig } from './rig.ts';

/** Uses a refresh token with the app's client; returns status and error code of the answer. */
export async function reuse(rig: Rig, refreshToken: string): Promise<{ status: number; error: string }> {
  const exchange = rig.tokenRequests('authorization_code')[0];
  if (!exchange) throw new Error('nobody has signed in yet');
  const { authorization } = exchange.requestHeaders;
  const { client_id, client_secret } = exchange.form;
  const answer = await fetch(rig.provider.proxy.origin + exchange.path, {
    method: 'POST',
    headers: authorization ? { authorization } : {},
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      ...(client_id && { client_id }),
      ...(client_secret && { client_secret }),
    }),
  });
  const { error = '' } = (await answer.json()) as { error?: string };
  return { status: answer.status, error };
}
