/** The pages of the two APIs: every call with its description, to be tried. */
import type { PlaygroundOptions } from '../options.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';

export const apis = [
  { name: 'auth', title: 'Auth API', base: '/auth/v3', reference: 'auth-api' },
  { name: 'environment', title: 'Environment API', base: '/environment/v3', reference: 'environment-api' },
] as const;

export type Api = (typeof apis)[number];

export function apiPage({ name, title, base, reference }: Api, { operator }: PlaygroundOptions): Page {
  const others = apis.map(
    (api) =>
      html`<li><a href="/api/${api.name}"${api.name === name && html` aria-current="page"`}>${api.title}</a></li>`,
  );
  return {
    title,
    current: '/api',
    hasViewer: true,
    head: (nonce) => html`<link rel="stylesheet" href="/assets/viewer/swagger-ui.css">
<link rel="stylesheet" href="/assets/api.css">
<script src="/assets/viewer/swagger-ui-bundle.js" nonce="${nonce}" defer></script>
<script src="/assets/api.js" nonce="${nonce}" defer></script>`,
    body: html`<section class="flow-head" aria-labelledby="title">
  <h1 id="title">Try the calls of ${title}</h1>
  <p class="lead">Choose <em>Authorize</em>, then a call and <em>Execute</em>. The operator is <code>${operator.username}</code> with the password
    <code>${operator.password}</code>. What you change here is changed in this local stack.</p>
  <nav aria-label="APIs"><ul class="apis">${others}</ul></nav>
  <h2 class="hidden">Calls</h2>
</section>
<div id="api" data-document="${base}/openapi.json"><p class="soft">The calls are shown by a script. Without one, <a href="/docs/docs/reference/${reference}.md">the
  reference</a> has them all.</p></div>`,
  };
}
