/** The three tokens, each with what it is for. */
import { decodeProtectedHeader } from 'jose';
import type { Tokens } from '../visit.ts';
import { type Html, html } from './html.ts';

export function tokenCards(tokens: Tokens): Html {
  return html`<div class="tokens">
  ${tokenCard({
    name: 'Access token',
    token: tokens.accessToken,
    purpose: 'Opens APIs. Sent with every call as “Bearer”.',
    facts: html`<p class="facts">${expiry(tokens.expiresAtMs)}</p>${scopeChips(tokens.scope)}`,
  })}
  ${
    tokens.refreshToken
      ? tokenCard({
          name: 'Refresh token',
          token: tokens.refreshToken,
          purpose: 'Gets new tokens, once. A second use of the same one closes the whole family.',
        })
      : undefined
  }
  ${tokenCard({
    name: 'ID token',
    token: tokens.idToken,
    purpose: 'Says who signed in. Signed; its claims are decoded below.',
    facts: signature(tokens.idToken),
  })}
</div>`;
}

/** The header names the key; that the signature fits was checked when the token arrived. */
function signature(idToken: string): Html {
  const { alg, kid } = decodeProtectedHeader(idToken);
  return html`<p class="facts">Checked with ${alg}, key <code>${kid}</code></p>`;
}

export function expiry(expiresAtMs: number): Html {
  const time = new Date(expiresAtMs).toISOString();
  return html`valid until <time datetime="${time}" data-local data-countdown>${time.slice(11, 16)} UTC</time>`;
}

/** Scopes as labels; those of `kept` stay, the others are struck through. */
export function scopeChips(scope: string[], kept: string[] = scope): Html {
  return html`<ul class="chips" aria-label="Scope">${scope.map((one) =>
    kept.includes(one) ? html`<li>${one}</li>` : html`<li class="gone"><del>${one}</del></li>`,
  )}</ul>`;
}

interface Card {
  name: string;
  token: string;
  purpose: Html | string;
  facts?: Html;
}

export function tokenCard({ name, token, purpose, facts }: Card): Html {
  return html`<article class="card token">
  <header><h3>${name}</h3><button type="button" class="copy" data-copy="${token}"
    aria-label="Copy the ${name.toLowerCase()}" hidden>Copy</button></header>
  <p class="soft">${purpose}</p>
  ${renderToken(name, token)}
  ${facts}
</article>`;
}

/** The parts of a JWT in colours of their own; anything else as it is. */
function renderToken(name: string, token: string): Html {
  const parts = token.split('.');
  const isJwt = parts.length === 3 && token.startsWith('eyJ');
  const text = isJwt
    ? html`<span class="jwt-header">${parts[0]}</span>.<span class="jwt-payload">${parts[1]}</span>.<span
      class="jwt-signature">${parts[2]}</span>`
    : html`${token}`;
  return html`<p class="value" tabindex="0" role="region" aria-label="${name}"><code>${text}</code></p>
  ${
    isJwt &&
    html`<p class="legend"><span class="jwt-header">header</span> <span class="jwt-payload">claims</span>
      <span class="jwt-signature">signature</span></p>`
  }`;
}
