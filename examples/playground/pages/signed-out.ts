/** The first page: what this is, who can sign in, what will happen. */
import type { PlaygroundOptions } from '../options.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';
import { type Step, stepList } from './steps.ts';

const steps: Step[] = [
  {
    from: 'Playground',
    to: 'Gatehouse',
    what: 'Your browser is sent to the authorize endpoint',
    detail: 'With a state, a nonce and the hash of a secret that only this application knows (PKCE).',
  },
  {
    from: 'You',
    to: 'Gatehouse',
    what: 'You sign in there',
    detail: 'User name and tenant first, then the password. This application never sees it.',
  },
  {
    from: 'Gatehouse',
    to: 'Configuration Server',
    what: 'The password is checked',
    detail: 'At the server that keeps the contact centre’s people; here a simulator plays its part.',
  },
  {
    from: 'Gatehouse',
    to: 'Playground',
    what: 'You come back with a code',
    detail: 'It works once, for one minute, and only together with the secret from step 1.',
  },
  {
    from: 'Playground',
    to: 'Gatehouse',
    what: 'The code becomes tokens',
    detail: 'One to call APIs, one to get new ones, and one that says who you are.',
  },
];

export function signedOutPage({ issuer, users }: PlaygroundOptions): Page {
  return {
    title: 'Sign in',
    current: '/',
    body: html`<div class="welcome">
  <section class="pitch">
    <h1>Sign in, and see what an application gets.</h1>
    <p class="lead">This page is an application like any other: it knows nobody’s password and trusts
      <code>${issuer}</code> to say who you are.</p>
    <p><a class="button primary large" href="/sign-in">Sign in</a></p>
    <p><a href="/docs/README.md">Read the documentation</a></p>
    <table class="people">
      <caption>People of the demo</caption>
      <thead><tr><th scope="col">User name</th><th scope="col">Tenant</th><th scope="col">Password</th></tr></thead>
      <tbody>
      ${users.map(
        ({ username, tenant, password }) => html`<tr><th scope="row">${username}</th><td>${tenant}</td>
        <td><div class="secret"><code>${password}</code><button type="button" class="copy" data-copy="${password}"
          aria-label="Copy the password of ${username}" hidden>Copy</button></div></td></tr>`,
      )}
      </tbody>
    </table>
  </section>
  ${stepList(steps)}
</div>`,
  };
}
