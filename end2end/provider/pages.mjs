// The provider's own pages: plain, accessible, without scripts.
import { createHash } from 'node:crypto';

const STYLE = `
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
  body { display: grid; justify-items: center; margin: 0; padding: 2rem 1rem }
  main { inline-size: min(24rem, 100%) }
  form { display: grid; gap: .75rem; margin-block: 1rem }
  label { display: grid; gap: .25rem }
  input, button { font: inherit; padding: .6rem; min-block-size: 2.75rem }
`;

/** A strict policy. Forms may redirect to the client's origin: browsers check every redirect after a form. */
export function securityHeaders(clientOrigin) {
  const style = createHash('sha256').update(STYLE).digest('base64');
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${style}'`,
    "script-src 'self'", // the library adds the hash of its own form_post script
    `form-action 'self' ${clientOrigin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return (ctx, next) => {
    ctx.set({ 'content-security-policy': policy, 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' });
    return next();
  };
}

export function login({ uid, params }, message) {
  return page('Sign in', `
    ${message ? `<p role="alert">${escape(message)}</p>` : ''}
    <form method="post" action="/interaction/${uid}/login" autocomplete="off">
      <label>User name <input name="username" required value="${escape(params.login_hint ?? '')}"></label>
      <label>Password <input name="password" type="password" required></label>
      <button>Sign in</button>
    </form>
    <form method="post" action="/interaction/${uid}/cancel"><button>Cancel</button></form>`);
}

export function code({ uid }, message) {
  return page('Confirm that it is you', `
    ${message ? `<p role="alert">${escape(message)}</p>` : ''}
    <form method="post" action="/interaction/${uid}/code" autocomplete="off">
      <label>One-time code <input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus></label>
      <button>Confirm</button>
    </form>
    <form method="post" action="/interaction/${uid}/cancel"><button>Cancel</button></form>`);
}

export function consent({ uid, params }) {
  const scopes = params.scope.split(' ').map((scope) => `<li>${escape(scope)}</li>`).join('');
  return page('Allow access?', `
    <p>Claimcheck asks for:</p>
    <ul>${scopes}</ul>
    <form method="post" action="/interaction/${uid}/consent"><button>Allow</button></form>
    <form method="post" action="/interaction/${uid}/cancel"><button>Deny</button></form>`);
}

export function signOut(ctx, form) {
  ctx.body = page('Sign out?', `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>`);
}

export function signedOut(ctx) {
  ctx.body = page('Signed out', '<p>You are signed out of the provider.</p>');
}

export function problem(ctx, out) {
  ctx.type = 'html';
  ctx.body = page('Something went wrong at the provider', `<p>${escape(out.error)}: ${escape(out.error_description ?? '')}</p>`);
}

function page(title, body) {
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <style>${STYLE}</style>
</head>
<body><main><h1>${title}</h1>${body}</main></body>
</html>`;
}

function escape(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return String(text).replace(/[&<>"']/g, (character) => entities[character]);
}
