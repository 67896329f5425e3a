/** Shows how the person proved who they are, and whether that is what the application asked for. */
import type { Asked } from '../visit.ts';
import { claimValue } from './claims.ts';
import { type Html, html } from './html.ts';

/** The level that the playground asks for, by its name. */
export const secondFactor = 'urn:gatehouse:acr:second-factor';

/** Lists what is enough: an unknown value, and none, are not. Without a wish for a level `acr` is a number. */
const enough = [secondFactor, 'urn:gatehouse:acr:phishing-resistant', '2'];

export function proof(claims: Record<string, unknown>, asked: Asked | undefined): Html {
  const facts = ['acr', 'amr', 'auth_time'].filter((name) => claims[name] !== undefined);
  return html`<section class="proof" aria-labelledby="proof"><h2 id="proof">How the person proved it</h2>
<p>${verdict(claims['acr'], asked)}</p>
<dl>${facts.map((name) => html`<div><dt>${name}</dt><dd>${claimValue(name, claims[name])}</dd></div>`)}</dl>
</section>`;
}

function verdict(acr: unknown, asked: Asked | undefined): Html {
  if (asked?.max_age !== undefined)
    return html`Asked for: <code>max_age=${asked.max_age}</code>. The person proved it anew, at the time below.`;
  if (asked?.acr_values === undefined)
    return html`Nothing special was asked for. An API that needs more answers 401, and the application asks for more.`;
  const wish = html`Asked for: <code>acr_values=${asked.acr_values}</code>.`;
  return enough.includes(String(acr))
    ? html`${wish} The person gave a second factor: a dangerous call would be made now.`
    : html`${wish} The person gave no second factor, so a dangerous call would be refused.`;
}
