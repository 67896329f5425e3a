/** The exchanged token beside the one it came from. */
import type { Exchanged, Tokens } from '../visits.ts';
import { type Html, html } from './html.ts';
import { expiry, scopeChips } from './token-cards.ts';

export interface Comparison {
  tokens: Tokens;
  exchanged: Exchanged;
  clientId: string;
  serviceId: string;
}

export function comparison({ tokens, exchanged, clientId, serviceId }: Comparison): Html {
  const names = (list: string[]) => html`${list.map((one) => html`<code>${one}</code> `)}`;
  const rows: [string, Html, Html][] = [
    ['Held by', names([clientId]), names([serviceId])],
    ['Accepted by', names([clientId]), names(exchanged.audience)],
    ['About', names([exchanged.subject]), html`<span class="soft">the same person</span>`],
    ['Scope', scopeChips(tokens.scope), scopeChips(tokens.scope, exchanged.scope)],
    ['Lifetime', expiry(tokens.expiresAtMs), expiry(exchanged.expiresAtMs)],
    ['Token', html`<code>${tokens.accessToken}</code>`, html`<code>${exchanged.accessToken}</code>`],
  ];
  return html`<section class="comparison" aria-labelledby="exchanged"><h2 id="exchanged">Exchanged</h2>
<div class="card wide"><table>
  <thead><tr><td></td><th scope="col">Your token</th><th scope="col">The service’s token</th></tr></thead>
  <tbody>${rows.map(
    ([name, own, theirs]) => html`<tr><th scope="row">${name}</th><td>${own}</td><td>${theirs}</td></tr>`,
  )}</tbody>
</table></div></section>`;
}
