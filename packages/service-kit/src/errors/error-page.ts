/** One self-contained page for errors that end a browser's journey: no script, no other resource. */
import { randomToken } from '../random.ts';

export interface ErrorPage {
  status: number;
  title: string;
  /** Plain words; escaped here. */
  text: string;
  /** What the operator searches the log for. */
  correlationId: string;
}

export function renderErrorPage(page: ErrorPage): { html: string; headers: Record<string, string> } {
  const nonce = randomToken(16);
  return {
    headers: {
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<p class="status">${page.status}</p>
<h1>${escapeHtml(page.title)}</h1>
<p>${escapeHtml(page.text)}</p>
<p class="correlation">Reference for your administrator: <code>${escapeHtml(page.correlationId)}</code></p>
</main>
</body>
</html>
`,
  };
}

const style = `
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif;
  background: light-dark(#f4f5f7, #14171c); color: light-dark(#1c2330, #e6e9ef); }
main { max-width: 30rem; margin: 1rem; padding: 2rem; border-radius: 1rem; background: light-dark(#fff, #1d222a); }
h1 { font-size: 1.4rem; margin: 0 0 .75rem; }
.status { margin: 0; opacity: .7; font-variant-numeric: tabular-nums; }
.correlation { font-size: .875rem; opacity: .8; overflow-wrap: anywhere; }
`;

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
