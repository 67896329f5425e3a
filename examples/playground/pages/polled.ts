/** Shows how far a request is that a person answers elsewhere. */
import type { Polled } from '../visit.ts';
import { claimsTable } from './claims.ts';
import { type Html, html } from './html.ts';
import { expiry } from './token-cards.ts';

const words: Record<string, string> = {
  waiting: 'Waiting for the person',
  done: 'The tokens are here',
  access_denied: 'The person said no',
  expired_token: 'Nobody answered in time',
};

const meanings: Record<string, string> = {
  authorization_pending: 'the person has not answered',
  slow_down: 'asked too early: five seconds longer from now on',
  access_denied: 'refused',
  expired_token: 'too late',
  tokens: 'allowed',
};

/** The script presses the button by itself after the interval. */
export function polledCard(polled: Polled, path: string): Html {
  const { state, answers, intervalSeconds, expiresAtMs, claims } = polled;
  const kind = state === 'waiting' ? 'waiting' : state === 'done' ? 'good' : 'bad';
  return html`<article class="card polled">
  <div role="status"><h3 class="${kind}">${words[state] ?? state}</h3></div>
  <ol class="answers">
    <li>asked</li>
    ${answers.map(
      ({ name, times }) => html`<li><code>${name}</code>${times > 1 && html` ${times} times`}
      <span class="soft">${meanings[name]}</span></li>`,
    )}
  </ol>
  ${
    state === 'waiting' &&
    html`<form method="post" action="${path}" data-poll-seconds="${intervalSeconds}">
    <button class="button">Ask now</button> <span class="soft">every ${intervalSeconds} seconds · ${expiry(expiresAtMs)}</span></form>`
  }
</article>
${
  claims &&
  html`<section aria-labelledby="claims"><h2 id="claims">Claims of the ID token</h2>
  <div class="card wide">${claimsTable(claims)}</div></section>`
}`;
}
