/** The frame of every page. */
import { type Html, html } from './html.ts';

export interface Page {
  title: string;
  body: Html;
  /** Offers "Sign out" in the head of the page. */
  isSignedIn?: boolean;
}

export function renderPage({ title, body, isSignedIn = false }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Playground</title>
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/playground.css">
<script src="/assets/playground.js" defer></script>
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
<main id="content">
${body}
</main>
</body>
</html>
`.text;
}
