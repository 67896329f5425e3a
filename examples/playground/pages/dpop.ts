/** Shows the key, the token that is bound to it, a proof, and what a thief gets. */
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { BoundSignIn, Visit } from '../visit.ts';
import type { Print } from './calls.ts';
import { action, facts, flowPage } from './flow-page.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import type { Step } from './steps.ts';
import { tokenCard } from './token-cards.ts';

const steps: Step[] = [
  {
    from: 'Playground',
    to: 'Gatehouse',
    what: 'Your browser takes the hash of a new key along',
    detail: 'The code is bound to the key before it exists.',
  },
  {
    from: 'Playground',
    to: 'Gatehouse',
    what: 'The code becomes a token that is bound to the key',
    detail: 'The request carries a proof: a JWT for this one request, signed by the key.',
  },
  {
    from: 'Thief',
    to: 'Gatehouse',
    what: 'Somebody has copied the token',
    detail: 'They try it without a proof, and with a key of their own.',
  },
];

export function dpopPage(visit: Visit, print: Print): Page {
  const { dpop, calls } = visit;
  return flowPage(visit, print, {
    path: '/dpop',
    name: 'DPoP',
    title: 'A token that is useless to a thief',
    lead: html`The playground makes a key and signs a proof for each request. The token is bound to that key
      (RFC 9449): whoever copies the token alone is refused.`,
    actions: html`${action('/dpop/start', dpop?.token ? 'Sign in with a new key' : 'Make a key and sign in', dpop?.token ? 'large' : 'primary large')}
    ${dpop?.token && action('/dpop/steal', 'Steal the token', 'primary large')}`,
    steps,
    outcome: dpop?.token && outcome(dpop, dpop.token),
    calls: calls.dpop,
  });
}

function outcome({ key, refusals }: BoundSignIn, token: NonNullable<BoundSignIn['token']>): Html {
  const json = (value: unknown) =>
    html`<pre tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`;
  const fits = token.boundTo === key.thumbprint;
  return html`${refusals.length > 0 && thief(refusals)}
<div class="pair">
  <article class="card token"><header><h3>The key</h3></header>
    <p class="soft">Made for this sign-in; its private half never leaves the playground.</p>
    ${facts([['Thumbprint', html`<code>${key.thumbprint}</code>`]])}
    ${json(key.jwk)}</article>
  ${tokenCard({
    name: 'Access token',
    token: token.value,
    purpose: html`Its type is <code>${token.type}</code>, not Bearer.`,
    facts: facts([
      [
        'Bound to the key',
        html`<code>${token.boundTo}</code> <strong class="${fits ? 'good' : 'bad'}">${
          fits ? 'the key of this sign-in' : 'another key'
        }</strong>`,
      ],
    ]),
  })}
</div>
${tokenCard({
  name: 'A proof',
  token: token.proof,
  purpose: 'Signed for one request: method, address, time, a number of its own, and the hash of the token.',
  facts: html`<div class="pair">${json(decodeProtectedHeader(token.proof))}${json(decodeJwt(token.proof))}</div>`,
})}`;
}

function thief(refusals: BoundSignIn['refusals']): Html {
  return html`<section aria-labelledby="thief"><h2 id="thief">What the thief gets</h2>
<ul class="card refusals">${refusals.map(
    ({
      attempt,
      status,
      error,
    }) => html`<li><span class="status ${status === 401 ? 'bad' : 'good'}">${status}</span>
      <strong>${attempt}</strong> <code>${error}</code></li>`,
  )}</ul></section>`;
}
