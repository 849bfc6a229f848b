// The pages of box.ts that AuthHero lacks.

export function consentPage(): string {
  return page('Authorize App', `<h1>Authorize App</h1><p>Claimcheck is requesting access to your account.</p>
<form method="post"><button name="action" value="accept">Accept</button><button name="action" value="decline">Decline</button></form>`);
}

/** The question at `/oidc/logout` without a hint. */
export function logoutPage(asked: Record<string, string>): string {
  const field = ([name, value]: [string, string]) => `<input type="hidden" name="${text(name)}" value="${text(value)}">`;
  const fields = Object.entries({ ...asked, sure: 'yes' }).map(field);
  return page('Log out', `<h1>Log out</h1><form method="post">${fields.join('')}<button>Yes, log out</button></form>`);
}

export function errorPage(code: string, message: string): string {
  return page(code, `<h1>${text(code)}</h1><p>${text(message)}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${text(title)}</title>${body}</html>`;
}

function text(value: string): string {
  return value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
