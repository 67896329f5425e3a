/** Explains each claim of an ID token in a sentence. */
import { type Html, html } from './html.ts';

const meanings: Record<string, string> = {
  sub: 'Who it is about. Stable, never a name, the same in every application.',
  iss: 'Who says so: the authorization server.',
  aud: 'For whom it was made: this application.',
  azp: 'The application that asked for it.',
  exp: 'Not to be believed after this.',
  iat: 'When it was made.',
  nbf: 'Not to be believed before this.',
  auth_time: 'When the person proved who they are.',
  nonce: 'Ties it to the sign-in that this application began.',
  amr: 'How they proved it.',
  acr: 'How strong the proof was.',
  sid: 'The session at the authorization server.',
  at_hash: 'Ties it to the access token that came along.',
  code: 'Becomes tokens, once.',
  state: 'Ties it to the request that this application sent.',
  jti: 'Its own number.',
  name: 'The name to show.',
  given_name: 'First name, from the Configuration Server.',
  family_name: 'Last name, from the Configuration Server.',
  email: 'E-mail address, from the Configuration Server.',
  user_name: 'The name that is unique over all contact centres.',
  preferred_username: 'The name they go by.',
  contact_center_id: 'The contact centre they work in.',
  environment_id: 'The environment that contact centre runs in.',
};

const times = new Set(['exp', 'iat', 'nbf', 'auth_time']);

export function claimsTable(claims: Record<string, unknown>): Html {
  return html`<table class="claims">
  <caption class="hidden">Claims of the ID token</caption>
  <thead><tr><th scope="col">Claim</th><th scope="col">Value</th><th scope="col">Meaning</th></tr></thead>
  <tbody>
  ${inOrder(claims).map(
    ([name, value]) => html`<tr><th scope="row"><code>${name}</code></th>
      <td>${claimValue(name, value)}</td><td class="soft">${meanings[name] ?? ''}</td></tr>`,
  )}
  </tbody>
</table>`;
}

/** Those we can explain first, in the order of the explanations. */
function inOrder(claims: Record<string, unknown>): [string, unknown][] {
  const order = Object.keys(meanings);
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(claims).sort(([left], [right]) => place(left) - place(right));
}

export function claimValue(name: string, value: unknown): Html {
  if (times.has(name) && typeof value === 'number') {
    const time = new Date(value * 1000).toISOString();
    return html`<time datetime="${time}" data-local>${time.slice(0, 19).replace('T', ' ')} UTC</time>`;
  }
  return html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;
}
