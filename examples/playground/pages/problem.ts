/** A sign-in that did not work out. */
import { html } from './html.ts';
import type { Page } from './layout.ts';

/** `name` is the machine's word for it, such as access_denied. */
export function problemPage(text: string, name?: string): Page {
  return {
    title: 'That did not work',
    body: html`<section class="card problem">
  <h1>That did not work</h1>
  <p class="lead">${text}</p>
  ${name && html`<p><code>${name}</code></p>`}
  <p><a class="button primary" href="/sign-in">Try again</a> <a class="button" href="/">Back to the start</a></p>
</section>`,
  };
}
