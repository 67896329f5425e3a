/** Shows the screen of a device that waits for its person. */
import type { Visit } from '../visit.ts';
import type { Print } from './calls.ts';
import { action, flowPage } from './flow-page.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';
import { polledCard } from './polled.ts';
import type { Step } from './steps.ts';

const steps: Step[] = [
  {
    from: 'Wallboard',
    to: 'Gatehouse',
    what: 'The wallboard asks for two codes',
    detail: 'A short one to show, and a long one that it keeps to itself.',
  },
  {
    from: 'You',
    to: 'Gatehouse',
    what: 'You enter the short one and allow it',
    detail: 'In any browser, on any machine.',
  },
  {
    from: 'Wallboard',
    to: 'Gatehouse',
    what: 'It asks every few seconds',
    detail: 'Until the long code has become tokens, or you said no.',
  },
];

export function devicePage(visit: Visit, print: Print): Page {
  const { device, calls } = visit;
  return flowPage(visit, print, {
    path: '/device',
    name: 'Device',
    title: 'Sign in on a screen without a keyboard',
    lead: html`A wallboard shows a code. The person enters it in a browser of their own, signs in there and allows
      it; meanwhile the wallboard asks for its tokens (RFC 8628).`,
    actions: action(
      '/device/start',
      device ? 'Start again' : 'Switch the wallboard on',
      device ? 'large' : 'primary large',
    ),
    steps,
    outcome:
      device &&
      html`<div class="pair">
  <article class="screen"><p>To sign this wallboard in, open</p>
    <p class="address">${device.address.replace(/^https?:\/\//, '')}</p>
    <p>and enter</p>
    <p class="code">${device.userCode}</p></article>
  <div class="stack">
    ${
      device.state === 'waiting' &&
      html`<p><a class="button primary" href="${device.completeAddress}" target="_blank" rel="noopener">Open it
      with the code, in a new tab</a></p>`
    }
    ${polledCard(device, '/device/poll')}
  </div>
</div>`,
    calls: calls.device,
  });
}
