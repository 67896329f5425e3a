/** The page of somebody who is signed in: tokens, claims, userinfo, and buttons to play with. */
import type { PlaygroundOptions } from '../playground.ts';
import type { Call, Exchanged, Tokens, Visit } from '../visits.ts';
import { claimsTable } from './claims.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { expiry, scopeChips, tokenCards } from './token-cards.ts';

export function signedInPage(visit: Visit, { service }: PlaygroundOptions): Page {
  const { tokens, claims = {}, userinfo = {}, exchanged, calls, notice } = visit;
  if (!tokens) throw new Error('nobody is signed in');
  return {
    title: 'Signed in',
    isSignedIn: true,
    body: html`${notice && html`<p class="notice ${notice.kind}" role="status">${notice.text}</p>`}
${person(claims, userinfo)}
<div class="columns">
  <div class="main">
    <section aria-labelledby="tokens"><h2 id="tokens">Tokens</h2>${tokenCards(tokens)}</section>
    <section aria-labelledby="claims"><h2 id="claims">Claims of the ID token</h2>
      <div class="card wide">${claimsTable(claims)}</div></section>
    <section aria-labelledby="userinfo"><h2 id="userinfo">UserInfo</h2>
      <div class="card wide"><pre tabindex="0"><code>${JSON.stringify(userinfo, null, 2)}</code></pre></div></section>
  </div>
  <aside class="side">
    <section aria-labelledby="actions"><h2 id="actions">Try it</h2><div class="card actions">
      ${action('/refresh', 'Refresh', 'Trade the refresh token for a new set.')}
      ${action('/exchange', 'Exchange', `Let ${service.id} trade your token for one that ${service.audience} accepts.`)}
      ${action('/userinfo', 'Read UserInfo', 'Ask again who the token belongs to.')}
    </div></section>
    ${exchanged && exchangeCard(tokens, exchanged, service.id)}
    <section aria-labelledby="calls"><h2 id="calls">Calls made for you</h2>
      <ol class="card calls">${calls.map(callLine)}</ol></section>
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

function action(path: string, name: string, text: string): Html {
  return html`<form method="post" action="${path}"><button class="button primary">${name}</button><p>${text}</p></form>`;
}

function exchangeCard(tokens: Tokens, exchanged: Exchanged, serviceId: string): Html {
  return html`<section aria-labelledby="exchanged"><h2 id="exchanged">The exchanged token</h2>
<article class="card exchanged">
  <dl>
    <div><dt>Held by</dt><dd><code>${serviceId}</code></dd></div>
    <div><dt>Accepted by</dt><dd>${exchanged.audience.map((one) => html`<code>${one}</code> `)}</dd></div>
    <div><dt>Still about</dt><dd><code>${exchanged.subject}</code></dd></div>
    <div><dt>Scope</dt><dd>${scopeChips(tokens.scope, exchanged.scope)}</dd></div>
    <div><dt>Lifetime</dt><dd>${expiry(exchanged.expiresAtMs)}</dd></div>
  </dl>
  <p class="value" tabindex="0" role="region" aria-label="Exchanged token"><code>${exchanged.accessToken}</code></p>
</article></section>`;
}

function callLine({ what, request, status, durationMs }: Call): Html {
  const kind = status >= 200 && status < 300 ? 'good' : 'bad';
  return html`<li><span class="status ${kind}">${status || 'failed'}</span>
  <span class="what">${what}<code>${request}</code></span><span class="soft">${durationMs.toFixed(0)} ms</span></li>`;
}
