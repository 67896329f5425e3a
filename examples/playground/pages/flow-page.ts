/** The frame of a flow's page: what it is, what can be done, what came out, and the calls. */
import type { RecordedCall } from '../calls/call.ts';
import type { Visit } from '../visit.ts';
import { callList, type Print } from './calls.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { type Step, stepList } from './steps.ts';

interface Flow {
  path: string;
  name: string;
  title: string;
  lead: Html;
  /** Forms. */
  actions: Html;
  /** Shown until there is an outcome. */
  steps: Step[];
  outcome: Html | undefined;
  /** Offered, but not made yet. */
  planned?: RecordedCall[];
  calls: RecordedCall[];
}

export function flowPage({ tokens, notice }: Visit, print: Print, flow: Flow): Page {
  const { path, name, title, lead, actions, steps, outcome, planned = [], calls } = flow;
  return {
    title: name,
    isSignedIn: tokens !== undefined,
    current: path,
    body: html`${notice && html`<p class="notice ${notice.kind}" role="status">${notice.text}</p>`}
<section class="flow-head">
  <h1>${title}</h1>
  <p class="lead">${lead}</p>
  <div class="actions">${actions}</div>
</section>
${outcome ? html`<div class="outcome"><h2 class="hidden">What came out</h2>${outcome}</div>` : stepList(steps)}
${callList(planned, print, {}, 'The next call')}
${callList(calls, print)}`,
  };
}

export function action(path: string, name: string, look = ''): Html {
  return html`<form method="post" action="${path}"><button class="button ${look}">${name}</button></form>`;
}

/** A list of names and values. */
export function facts(rows: [string, Html | string][]): Html {
  return html`<dl class="fact-list">${rows.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}
