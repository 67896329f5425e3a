/** Shows an authorization response that came as a signed JWT, and how it was checked. */
import type { RecordedCall } from '../calls/call.ts';
import type { SignedResponse, Visit } from '../visit.ts';
import type { Print } from './calls.ts';
import { claimsTable } from './claims.ts';
import { action, flowPage } from './flow-page.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import type { Step } from './steps.ts';
import { tokenCard } from './token-cards.ts';

const steps: Step[] = [
  {
    from: 'Playground',
    to: 'Gatehouse',
    what: 'The request is pushed',
    detail: 'The browser carries only a reference to it (RFC 9126).',
  },
  {
    from: 'Gatehouse',
    to: 'Playground',
    what: 'You come back with one signed parameter',
    detail: 'It names who says it, for whom, until when, and the code.',
  },
  {
    from: 'Playground',
    to: 'Gatehouse',
    what: 'The code becomes tokens',
    detail: 'Here, or by a call that you copy: the playground waits.',
  },
];

export function jarmPage(visit: Visit, print: Print): Page {
  const { jarm, calls } = visit;
  return flowPage(visit, print, {
    path: '/jarm',
    name: 'JARM',
    title: 'An answer that cannot be changed on its way',
    lead: html`The browser brings one parameter, <code>response</code>: a JWT with the code, signed by the server.
      The playground pushes its request first, checks the answer, and stops before it redeems the code.`,
    actions: html`${action('/jarm/start', jarm?.response ? 'Sign in again' : 'Sign in', jarm?.redeem ? 'large' : 'primary large')}
    ${jarm?.redeem && action('/jarm/redeem', 'Redeem the code', 'primary large')}`,
    steps,
    outcome: jarm?.response === undefined ? undefined : outcome(jarm, jarm.response),
    planned: jarm ? plannedCall(jarm) : [],
    calls: calls.jarm,
  });
}

function outcome({ checks, claims = {}, claimsOfIdToken }: SignedResponse, response: string): Html {
  return html`<div class="pair">
  ${tokenCard({
    name: 'Response',
    token: response,
    purpose: 'What the browser brought, instead of a code that stands in the address as it is.',
  })}
  <article class="card"><h3>Checked, in this order</h3>
    <ol class="checks">${checks.map(
      ({ text, detail }) => html`<li>${text}<code>${detail}</code></li>`,
    )}</ol></article>
</div>
<section aria-labelledby="claims"><h2 id="claims">Claims of the response</h2>
  <div class="card wide">${claimsTable(claims)}</div></section>
${
  claimsOfIdToken &&
  html`<section aria-labelledby="redeemed"><h2 id="redeemed">Redeemed: claims of the ID token</h2>
  <div class="card wide">${claimsTable(claimsOfIdToken)}</div></section>`
}`;
}

/** The call that the page offers next. */
function plannedCall({ redeem: call }: SignedResponse): RecordedCall[] {
  return call ? [{ call, status: undefined, durationMs: 0, answer: undefined, times: 1 }] : [];
}
