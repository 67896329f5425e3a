/** Renders the sign-in page of the identity providers for tests. */

export const signInFields = { user: 'input[name=user]', submit: 'button' };

export function signInPage(action: string, carried: Record<string, string> = {}): string {
  const hidden = Object.entries(carried).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  return `<!doctype html><html lang="en"><title>Identity provider</title><h1>Identity provider</h1>
<form method="post" action="${escapeHtml(action)}">${hidden.join('')}<label>User <input name="user"></label> <button>Sign in</button></form></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A form that a browser posted. */
export async function readForm(request: AsyncIterable<Buffer>): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
