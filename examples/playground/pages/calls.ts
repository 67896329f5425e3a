/** Lists calls, each to be copied as a command, as a program for Node or as one for Python. */
import { type RecordedCall, variablesOf } from '../calls/call.ts';
import { curlOf, exportsOf } from '../calls/curl.ts';
import { openidClientOf } from '../calls/openid-client.ts';
import { pythonOf } from '../calls/python.ts';
import { type Html, html } from './html.ts';

/** Facts of the installation on which the printed forms depend. */
export interface Print {
  issuer: string;
  /** The authority that programs must trust to call the issuer. */
  caFile: string | undefined;
}

/** `newest` gives variables a newer value than the one that the call was made with. */
export function callList(
  calls: RecordedCall[],
  print: Print,
  newest: Record<string, string> = {},
  title = 'Calls made for you',
): Html {
  if (calls.length === 0) return html``;
  const id = title.toLowerCase().replaceAll(' ', '-');
  return html`<section class="made" aria-labelledby="${id}">
  <h2 id="${id}">${title} <span>open one to copy it</span></h2>
  <ol class="card calls">${calls.map((one, index) => callItem(one, print, newest, `${id}-${index}`))}</ol>
</section>`;
}

function callItem(recorded: RecordedCall, print: Print, newest: Record<string, string>, id: string): Html {
  const { call, status, durationMs, times } = recorded;
  const kind = kindOf(recorded);
  return html`<li><details>
  <summary><span class="status ${kind}">${status === undefined ? 'next' : status || 'failed'}</span>
    <span class="what">${call.what}${times > 1 && html` <span class="soft">${times} times</span>`}
    <code>${call.method} ${new URL(call.url).pathname}</code></span>
    ${status !== undefined && html`<span class="soft">${durationMs.toFixed(0)} ms</span>`}</summary>
  ${forms(recorded, print, newest, id)}
</details></li>`;
}

/** That a person has not answered yet is no failure. */
function kindOf({ status, answer }: RecordedCall): string {
  if (status === undefined || answer?.['error'] === 'authorization_pending') return 'planned';
  return status >= 200 && status < 300 ? 'good' : 'bad';
}

function forms(
  { call, answer }: RecordedCall,
  print: Print,
  newest: Record<string, string>,
  id: string,
): Html {
  const variables = [
    ...variablesOf(call).map((one) => ({ ...one, value: newest[one.variable] ?? one.value })),
    ...trustVariables(print),
  ];
  const panels: [string, string, string | undefined][] = [
    ['curl', curlOf(call), call.key && 'For bash, with openssl for the proof.'],
    ['openid-client', openidClientOf(call, print.issuer), 'Node, after npm install openid-client@6.'],
    [
      'Python',
      pythonOf(call),
      call.key ? 'The standard library, and openssl for the proof.' : 'The standard library.',
    ],
    ...(variables.length > 0
      ? (
          [['Variables', exportsOf(variables), hints[call.kind] ?? 'Set them in your shell first.']] as const
        ).map(([name, text, hint]): [string, string, string] => [name, text, hint])
      : []),
    ...(answer
      ? ([['Answer', JSON.stringify(answer, null, 2), undefined]] as [string, string, undefined][])
      : []),
  ];
  return html`<div class="forms">
  <fieldset><legend class="hidden">Show the call as</legend>${panels.map(
    ([name], index) =>
      html`<input type="radio" name="${id}" id="${id}-${index}" value="${index}"${
        index === 0 && html` checked`
      }><label for="${id}-${index}">${name}</label>`,
  )}</fieldset>
  ${panels.map(
    ([name, text, hint], index) => html`<div class="panel panel-${index}" data-form="${name}">
    <p><span class="soft">${hint}</span><button type="button" class="copy" data-copy-code hidden
      aria-label="Copy: ${name}">Copy</button></p>
    <pre tabindex="0"><code>${text}</code></pre></div>`,
  )}
</div>`;
}

/** Hints for calls that cannot be repeated: the recorded call has used up its code or token. */
const hints: { [kind in RecordedCall['call']['kind']]?: string } = {
  code: 'A code works once. A second use ends the tokens that the first one gave.',
  refresh: 'This is the newest refresh token. It works once: sign in again here afterwards.',
  'device poll': 'The device code gives tokens once.',
  'approval poll': 'The request gives tokens once.',
};

function trustVariables({ caFile: value }: Print) {
  if (value === undefined) return [];
  return ['CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'].map((variable) => ({ variable, value }));
}
