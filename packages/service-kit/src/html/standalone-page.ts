/** Renders a self-contained page: no other resource, and no script except the given one. */
import { shownName } from '@gatehouse/contracts/values';
import { randomToken } from '../crypto/secrets.ts';
import { directionOf } from './language.ts';
import { gate, logo, style } from './look.ts';

export interface StandaloneBrand {
  name: string;
  /** Custom properties; the caller has made them, of nothing that was typed. */
  css?: string | undefined;
  /** On our own origin. */
  logo?: { src: string; width: number; height: number } | undefined;
}

export interface StandalonePage {
  title: string;
  /** BCP 47 tag; English when absent. */
  language?: string | undefined;
  /** Shows the gate open, on pages that lead on. */
  isGateOpen?: boolean;
  /** Markup; the caller escapes values in it. */
  main: string;
  /** Runs at the end of the page. */
  script?: string;
  /** Instead of our own name, logo and colours. */
  brand?: StandaloneBrand | undefined;
  /** Targets of forms (CSP `form-action`); none when absent. */
  formAction?: string;
}

/** Text never becomes HTML or code by a script, and no policy may allow it. */
const trustedTypes = ["require-trusted-types-for 'script'", "trusted-types 'none'"];

export function renderStandalonePage(page: StandalonePage): {
  html: string;
  headers: Record<string, string>;
} {
  const nonce = randomToken(16);
  const { script, language = 'en', brand } = page;
  const name = escapeHtml(shownName(brand?.name ?? 'Gatehouse'));
  return {
    headers: {
      'content-security-policy': [
        "default-src 'none'",
        ...(script === undefined ? [] : [`script-src 'nonce-${nonce}'`, ...trustedTypes]),
        `style-src 'nonce-${nonce}'`,
        ...(brand?.logo === undefined ? [] : ["img-src 'self'"]),
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
<html lang="${escapeHtml(language)}"${directionOf(language) === 'rtl' ? ' dir="rtl"' : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${escapeHtml(shownName(page.title))} · ${name}</title>
<style nonce="${nonce}">${style}${brand?.css ?? ''}</style>
</head>
<body>
<header><p class="wordmark">${logoOf(brand)}<span>${name}</span></p>${gate(page.isGateOpen ?? false)}</header>
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

function logoOf(brand: StandaloneBrand | undefined): string {
  if (brand?.logo === undefined) return logo;
  const { src, width, height } = brand.logo;
  return `<span class="plate"><img src="${escapeHtml(src)}" width="${width}" height="${height}" alt=""></span>`;
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
