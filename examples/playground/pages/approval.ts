/** Shows a call desk that asks a person who is elsewhere. */
import type { PlaygroundOptions } from '../options.ts';
import type { Visit } from '../visit.ts';
import type { Print } from './calls.ts';
import { flowPage } from './flow-page.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';
import { polledCard } from './polled.ts';
import type { Step } from './steps.ts';

const steps: Step[] = [
  {
    from: 'Call desk',
    to: 'Gatehouse',
    what: 'The call desk names a person and sends a message',
    detail: 'Only clients that an operator has registered for it may ask.',
  },
  {
    from: 'The person',
    to: 'Gatehouse',
    what: 'They compare the message and approve',
    detail: 'On their own page of approvals, after they have signed in.',
  },
  {
    from: 'Call desk',
    to: 'Gatehouse',
    what: 'It asks every few seconds',
    detail: 'Until there are tokens, or the person said no.',
  },
];

type Options = Pick<PlaygroundOptions, 'loginHint' | 'approvalsUrl'>;

export function approvalPage(visit: Visit, print: Print, { loginHint, approvalsUrl }: Options): Page {
  const { approval, calls } = visit;
  return flowPage(visit, print, {
    path: '/ciba',
    name: 'CIBA',
    title: 'Ask a person who is elsewhere',
    lead: html`The call desk knows a user name and has no browser of that person. It asks; the person compares the
      message and approves on a page of their own; the call desk gets tokens (OpenID CIBA).`,
    actions: html`<form method="post" action="/ciba/start" class="ask">
    <label for="login_hint">User name, as the person types it</label>
    <input id="login_hint" name="login_hint" value="${approval?.loginHint ?? loginHint}" required autocomplete="off"
      spellcheck="false">
    <button class="button ${approval ? '' : 'primary'}">${approval ? 'Ask again' : 'Ask for approval'}</button></form>`,
    steps,
    outcome:
      approval &&
      html`<div class="pair">
  <article class="screen"><p>Asked <strong>${approval.loginHint}</strong> for approval. Their page must show</p>
    <p class="code">${approval.message}</p></article>
  <div class="stack">
    ${
      approval.state === 'waiting' &&
      html`<p><a class="button primary" href="${approvalsUrl}" target="_blank" rel="noopener">Be that person, in a
      new tab</a></p>`
    }
    ${polledCard(approval, '/ciba/poll')}
  </div>
</div>`,
    calls: calls.approval,
  });
}
