/** Writes docs/reference/assurance.md from the matrix of the gate. */
import { assuranceLevels } from '@gatehouse/contracts/values';
import { assuranceOf } from '../../src/core/assurance/assurance.ts';
import { noPolicy } from '../../src/core/assurance/need.ts';
import type { Proof } from '../../src/core/assurance/proof.ts';
import { contextOf } from '../../src/core/protocol/authentication-context.ts';
import {
  grantsOfMachines,
  isLetThrough,
  type PolicyName,
  policies,
  refusals,
  type State,
  states,
  ways,
} from './matrix.ts';

const atMs = 0;
const byPassword: Proof = { factor: 'password', atMs };
const byProvider = (...methods: string[]): Proof => ({ factor: 'provider', atMs, methods });
function passkey(is: { isVerified?: boolean; isEligible?: boolean }): Proof {
  return { factor: 'passkey', atMs, isVerified: true, isEligible: false, ...is };
}

/** Under a policy that lets every factor count. */
const signIns: [text: string, ...proofs: Proof[]][] = [
  ['password', byPassword],
  ['password and one-time code', byPassword, { factor: 'totp', atMs }],
  ['password and recovery code', byPassword, { factor: 'recoveryCode', atMs }],
  ['password on a remembered device', byPassword, { factor: 'rememberedDevice', atMs }],
  ['password, and a passkey that did not verify its user', byPassword, passkey({ isVerified: false })],
  ['passkey that verified its user', passkey({})],
  ['the same, which may be synced to other devices', passkey({ isEligible: true })],
  ['identity provider that says `pwd`', byProvider('pwd')],
  ['identity provider that says `pwd`, `mfa`', byProvider('pwd', 'mfa')],
  ['identity provider that says `mfa`, `hwk`, `user`', byProvider('mfa', 'hwk', 'user')],
];

function rowOf([text, ...proofs]: (typeof signIns)[number]): string {
  const { level, amr } = assuranceOf(proofs, { ...noPolicy, rememberDays: 1 }, { countsDevices: true });
  return `| ${text} | ${amr.map((method) => `\`${method}\``).join(' ')} | \`${level}\` |`;
}

const introduction = `# Assurance

Written by \`npm run generate\` from \`services/auth-api/test/assurance/matrix.ts\`; a test plays every cell.

A contact centre may require more of its people than a password: the field \`secondFactor\` of the [contact centre](environment-api.md), and \`minimumAcr\` of a
[client](auth-api.md). One function is asked wherever something is issued or changed: \`services/auth-api/src/people/accounts/admission.ts\`. It computes the level of a sign-in from its
proofs at each use, so a changed policy counts at once. The highest demand counts: of the contact centre, of the roles of the person, of the client and of the request.

## Levels

| level | \`acr\` by name | \`acr\` by number |
|---|---|---|
${assuranceLevels.map((level) => `| \`${level}\` | \`${contextOf(level, 'urn')}\` | \`${contextOf(level, undefined)}\` |`).join('\n')}

Tokens and introspection say the level that was reached, never the one that was asked for. They say it by name where \`acr_values\` or the \`claims\` parameter has a name, and by number
otherwise: clients that know the numbers alone go on as before. A number says less: \`2\` is every level above a password. A request may ask by number too, and \`2\` then means
\`secondFactor\`. A value that is asked for lowers no minimum, and a value that nobody knows counts for nothing. [Step-up](../guides/step-up.md) shows APIs and a client that use them.

## What a sign-in is

\`amr\` says the methods (RFC 8176). \`mfa\` is among them where several factors count, and nowhere else.

| sign-in | \`amr\` | level |
|---|---|---|
${signIns.map(rowOf).join('\n')}

A provider that names a context instead of \`mfa\` counts by [that name](../guides/second-factor.md#what-the-provider-says). A passkey that may be synced counts as the others unless
\`syncedPasskeys\` is \`refused\`. A remembered device stands for the factor at a sign-in: not in the account area, in the console or for their dangerous rights.

## Who is let through

A cell names the sign-ins that are enough: 0 none of them, 1 each one, 2 with several factors, 3 with a passkey or another key. *Own*: factors of the identity provider do not count.
`;

/** docs/reference/assurance.md */
export function assurancePage(): string {
  const names = Object.keys(policies) as PolicyName[];
  const rows = Object.values(ways).map((way) => {
    const cells = names.map((policy) => cellOf((state) => isLetThrough(way, state, policy)));
    return [way.name, ...cells, refusals[way.refusal]];
  });
  const heads = ['way', ...names.map((name) => policies[name].text), 'a refusal is'];
  const machines = Object.entries(grantsOfMachines).map(([grant, why]) => `- \`${grant}\`: ${why}`);
  return [
    introduction,
    tableOf(heads, rows),
    `\n## Grants without a person\n\nThe gate is not asked.\n\n${machines.join('\n')}\n`,
    changes,
  ].join('\n');
}

const changes = `## When a policy changes

- A session of a weaker sign-in goes on, and gets nothing: its person is asked for what is missing.
- People without a factor are let in for \`enrolmentGraceDays\` after a stricter policy, and are asked at each sign-in to add one. Somebody who has a factor is asked for it at once.
- A refresh token of a weaker sign-in works for \`graceHours\` after a stricter policy. Its first use after that is refused, and ends every token of that sign-in. A stricter client
  or request gives no such time.
- A remembered device of before a stricter policy counts no more, nor does any where none is remembered: also in sessions that began by it.
- A second factor that is older than \`reauthenticateHours\` does not count any more.
- While Environment API is away the last policy counts that any replica has seen; it is kept in PostgreSQL. Where there is none, the answer is 503.
- Each refusal is the event \`assurance_refused\`, which names the act, the level that is needed, the level that was reached, and who demands it.
`;

function cellOf(lets: (state: State) => boolean): string {
  const enough = new Set((Object.keys(states) as State[]).filter(lets));
  const isOwn = !enough.has('key');
  if (enough.size === 0) return '0';
  if (enough.has('password')) return '1';
  return `${enough.has('code') ? '2' : '3'}${isOwn ? ' *own*' : ''}`;
}

function tableOf(heads: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
