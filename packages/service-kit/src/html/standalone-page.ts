/** One self-contained page: no other resource, and no script but the one that is given. */
import { randomToken } from '../random.ts';
import { gate, logo, style } from './look.ts';

export interface StandalonePage {
  title: string;
  /** BCP 47 tag; English when left out. */
  language?: string | undefined;
  /** The picture: nobody goes on from here unless it says so. */
  isGateOpen?: boolean;
  /** Markup: whoever makes it escapes what it holds. */
  main: string;
  /** Runs at the end of the page. */
  script?: string;
  /** Sources that forms may lead to; none when left out. */
  formAction?: string;
}

export function renderStandalonePage(page: StandalonePage): {
  html: string;
  headers: Record<string, string>;
} {
  const nonce = randomToken(16);
  const { script } = page;
  return {
    headers: {
      'content-security-policy': [
        "default-src 'none'",
        ...(script === undefined ? [] : [`script-src 'nonce-${nonce}'`]),
        `style-src 'nonce-${nonce}'`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
        `form-action ${page.formAction ?? "'none'"}`,
      ].join('; '),
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
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header><p class="wordmark">${logo}<span>Gatehouse</span></p>${gate(page.isGateOpen ?? false)}</header>
<main>
${page.main}
</main>
${
  script === undefined
    ? ''
    : `<script nonce="${nonce}">${script}</script>
`
}</body>
</html>
`,
  };
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
