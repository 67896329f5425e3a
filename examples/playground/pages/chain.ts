/** Draws the chain of exchanged tokens, with who acts for whom. */
import type { Actor, Link, Visit } from '../visit.ts';
import type { Print } from './calls.ts';
import { action, facts, flowPage } from './flow-page.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import type { Step } from './steps.ts';
import { expiry, scopeChips } from './token-cards.ts';

const steps: Step[] = [
  {
    from: 'Playground',
    to: 'Contact service',
    what: 'Service A is called with your token',
    detail: 'The token is meant for the playground; no other service would take it.',
  },
  {
    from: 'Contact service',
    to: 'Gatehouse',
    what: 'It exchanges your token for one of its own',
    detail: 'Meant for service B alone, with less scope, and with itself as the one who acts.',
  },
  {
    from: 'Voice service',
    to: 'Gatehouse',
    what: 'Service B does the same',
    detail: 'The new token names both: service B acts, after service A.',
  },
  {
    from: 'Voice service',
    to: 'Recording service',
    what: 'The last one sees the whole chain',
    detail: 'When you sign out, every token of the chain ends.',
  },
];

export function chainPage(visit: Visit, print: Print): Page {
  const { chain, tokens, calls } = visit;
  return flowPage(visit, print, {
    path: '/chain',
    name: 'Exchange chain',
    title: 'From service to service, for the same person',
    lead: html`No service passes a token on. Each one exchanges the token that it was called with for one that is
      meant for the next service alone, with less scope, and that says in <code>act</code> who acts.`,
    actions: tokens
      ? action('/chain/start', chain ? 'Build the chain again' : 'Build the chain', 'primary large')
      : html`<a class="button primary large" href="/sign-in">Sign in first</a>`,
    steps,
    outcome: chain && drawing(chain),
    calls: calls.chain,
  });
}

function drawing(chain: Link[]): Html {
  const [first, ...others] = chain;
  if (!first) return html``;
  const last = chain.at(-1) as Link;
  return html`<section aria-labelledby="chain"><h2 id="chain">The chain</h2>
<ol class="chain">
  ${step('The person', first, undefined)}
  ${others.map((link, index) => step(`Service ${'AB'[index] ?? index + 1}`, link, chain[index]))}
  <li class="end"><p class="soft">Accepted by</p><p class="holder"><code>${last.audience.join(' ')}</code></p>
    <p class="soft">It sees who the call is for, and through whose hands it came.</p></li>
</ol></section>`;
}

function step(role: string, link: Link, before: Link | undefined): Html {
  return html`<li class="card">
  <p class="soft">${role}</p>
  <h3 class="holder"><code>${link.holder}</code></h3>
  ${facts([
    ['Token for', html`<code>${link.audience.join(' ') || link.holder}</code>`],
    ['Scope', scopeChips(before?.scope ?? link.scope, link.scope)],
    ['Lifetime', expiry(link.expiresAtMs)],
    [
      'About and acting',
      html`<div class="subject"><span>sub</span> <code>${link.subject}</code>${acting(link.act)}</div>`,
    ],
  ])}
</li>`;
}

/** Boxes in boxes, as the claims are. */
function acting(act: Actor | undefined): Html {
  if (!act) return html``;
  return html`<div class="act"><span>act</span> <code>${act.sub}</code>${acting(act.act)}</div>`;
}
