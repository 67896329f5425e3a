/** Shows what will happen, step by step, with who speaks to whom. */
import { type Html, html } from './html.ts';

export interface Step {
  from: string;
  to: string;
  what: string;
  detail: string;
}

export function stepList(steps: Step[]): Html {
  return html`<section aria-labelledby="steps">
    <h2 id="steps">What will happen</h2>
    <ol class="steps">
    ${steps.map(
      ({ from, to, what, detail }) => html`<li>
        <p class="way"><span>${from}</span><span aria-label="to" class="arrow">→</span><span>${to}</span></p>
        <h3>${what}</h3>
        <p>${detail}</p>
      </li>`,
    )}
    </ol>
  </section>`;
}
