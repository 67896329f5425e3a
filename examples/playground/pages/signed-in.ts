/** Renders the page after sign-in: tokens, claims, userinfo, and buttons to try them. */
import type { PlaygroundOptions } from '../options.ts';
import type { Exchanged, Tokens, Visit } from '../visit.ts';
import { callList } from './calls.ts';
import { claimsTable } from './claims.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { proof } from './proof.ts';
import { expiry, scopeChips, tokenCards } from './token-cards.ts';

export function signedInPage(visit: Visit, options: PlaygroundOptions): Page {
  const { tokens, claims = {}, userinfo = {}, exchanged, calls, notice, asked } = visit;
  if (!tokens) throw new Error('nobody is signed in');
  const { client, service } = options;
  return {
    title: 'Signed in',
    isSignedIn: true,
    current: '/',
    body: html`${notice && html`<p class="notice ${notice.kind}" role="status">${notice.text}</p>`}
${person(claims, userinfo)}
<section class="tiles" aria-label="Try it">
  ${tile('/refresh', 'Refresh', 'Trade the refresh token for a new set of tokens.')}
  ${tile('/exchange', 'Exchange', `Let ${service.id} trade your token for one that ${service.audience} accepts.`)}
  ${tile('/userinfo', 'Read UserInfo', 'Ask once more who the access token belongs to.')}
  ${tile('/step-up', 'Step up', 'Ask for a second factor, as before a dangerous call (acr_values).')}
  ${tile('/sign-in-again', 'Sign in again', 'Ask for a new proof, however young the session is (max_age).')}
</section>
${proof(claims, asked)}
${callList(calls.tokens, options, {
  USER_TOKEN: tokens.accessToken,
  ACCESS_TOKEN: tokens.accessToken,
  REFRESH_TOKEN: tokens.refreshToken ?? '',
})}
${exchanged && comparison({ tokens, exchanged, clientId: client.id, serviceId: service.id })}
<div class="columns">
  <div class="main">
    <section aria-labelledby="tokens"><h2 id="tokens">Tokens</h2>${tokenCards(tokens)}</section>
    <section aria-labelledby="claims"><h2 id="claims">Claims of the ID token</h2>
      <div class="card wide">${claimsTable(claims)}</div></section>
  </div>
  <aside class="side">
    <section aria-labelledby="userinfo"><h2 id="userinfo">UserInfo</h2>
      <div class="card wide"><pre tabindex="0"><code>${JSON.stringify(userinfo, null, 2)}</code></pre></div></section>
  </aside>
</div>`,
  };
}

function person(claims: Record<string, unknown>, userinfo: Record<string, unknown>): Html {
  const text = (name: string) => String(userinfo[name] ?? claims[name] ?? '');
  const name =
    [text('given_name'), text('family_name')].filter(Boolean).join(' ') || text('user_name') || text('sub');
  const initials = name
    .split(/[\s\\]+/)
    .map((word) => word[0] ?? '')
    .slice(0, 2)
    .join('');
  const facts = [
    ['User name', text('user_name')],
    ['Contact centre', text('contact_center_id')],
    ['Subject', text('sub')],
  ].filter(([, value]) => value);
  return html`<section class="person">
  <span class="avatar" aria-hidden="true">${initials.toUpperCase()}</span>
  <div><p class="soft">Signed in as</p><h1>${name}</h1></div>
  <dl>${facts.map(([title, value]) => html`<div><dt>${title}</dt><dd><code>${value}</code></dd></div>`)}</dl>
</section>`;
}

function tile(path: string, name: string, text: string): Html {
  return html`<form method="post" action="${path}"><button class="tile"><strong>${name}</strong>
  <span>${text}</span></button></form>`;
}

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
