/** The frame of every page. */
import { type Html, html } from './html.ts';

export interface Page {
  title: string;
  body: Html;
  /** Offers "Sign out" in the head of the page. */
  isSignedIn?: boolean;
  /** The one of the places below that it is. */
  current?: string;
  /** Shows the viewer of API documents, whose files `head` names, and which brings the main part of the page. */
  hasViewer?: boolean;
  head?: (nonce: string) => Html;
}

const places: [string, string][] = [
  ['/', 'Tokens'],
  ['/chain', 'Exchange chain'],
  ['/dpop', 'DPoP'],
  ['/jarm', 'JARM'],
  ['/device', 'Device'],
  ['/ciba', 'CIBA'],
  ['/api', 'API'],
];

/** Only the script that carries the nonce of this response runs. */
export function renderPage(
  { title, body, isSignedIn = false, current, hasViewer, head }: Page,
  nonce: string,
): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Playground</title>
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/playground.css">
<link rel="stylesheet" href="/assets/calls.css">
<link rel="stylesheet" href="/assets/flows.css">
<script src="/assets/playground.js" nonce="${nonce}" defer></script>
${head?.(nonce)}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="bar">
  <a class="brand" href="/">
    <img src="/assets/mark.svg" alt="" width="28" height="28">
    <span>Playground</span>
  </a>
  <span class="tag">demo application</span>
  ${isSignedIn && html`<form method="post" action="/sign-out"><button class="button quiet">Sign out</button></form>`}
</header>
<nav class="places" aria-label="Flows"><ul>${places.map(
    ([path, name]) =>
      html`<li><a href="${path}"${path === current && html` aria-current="page"`}>${name}</a></li>`,
  )}</ul></nav>
${hasViewer ? html`<div id="content">${body}</div>` : html`<main id="content">${body}</main>`}
</body>
</html>
`.text;
}
