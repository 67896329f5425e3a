/** One self-contained page for errors that end a browser's journey: no script, no other resource. */
import { randomToken } from '../random.ts';
import { closedGate, errorPageStyle, logo } from './error-page-look.ts';

export interface ErrorPage {
  status: number;
  title: string;
  /** Plain words; escaped here. */
  text: string;
  /** What the operator searches the log for. */
  correlationId: string;
  /** Language of title and text as a BCP 47 tag; English when left out. */
  language?: string;
  /** What the correlation id is called on the page. */
  correlationLabel?: string;
  /** The way on: an address of our own and what its link says. */
  action?: { href: string; label: string };
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
<html lang="${escapeHtml(page.language ?? 'en')}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${escapeHtml(page.title)} · Gatehouse</title>
<style nonce="${nonce}">${errorPageStyle}</style>
</head>
<body>
<header><p class="wordmark">${logo}<span>Gatehouse</span></p>${closedGate}</header>
<main>
<p class="status">${page.status}</p>
<h1>${escapeHtml(page.title)}</h1>
<p class="text">${escapeHtml(page.text)}</p>
${actionOf(page)}<p class="correlation">${escapeHtml(page.correlationLabel ?? 'Reference for your administrator')}: <code>${escapeHtml(page.correlationId)}</code></p>
</main>
</body>
</html>
`,
  };
}

function actionOf({ action }: ErrorPage): string {
  return action ? `<p><a href="${escapeHtml(action.href)}">${escapeHtml(action.label)}</a></p>\n` : '';
}

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
