/** Writes what the fail-overs did as Markdown. */

import { markdownTable } from '../../../tools/markdown-table.ts';
import { failedText } from '../../harness/table.ts';
import type { Losses, Row } from '../../harness/verdict.ts';
import type { Findings } from './store.ts';

/** How much was acknowledged. */
export type Kept = Readonly<Record<'tokens' | 'revoked' | 'settings' | 'logins', number>>;

export interface FailOverRow extends Row {
  acknowledged: Kept;
  /** What the store itself told. */
  kept: Findings['kept'];
}

const head = [
  'what happens',
  'requests',
  'failed, by status',
  'time to recover',
  'revocations kept',
  'writes kept',
  'must not be',
];

export function tableOf(rows: readonly FailOverRow[]): string {
  const lines = rows.map(({ name, requests, failed, recoveryMs, losses, faults, acknowledged, kept }) => [
    name,
    String(requests),
    failedText(failed),
    `${(recoveryMs / 1000).toFixed(1)} s`,
    `${acknowledged.revoked - losses.acceptedRevoked} of ${acknowledged.revoked}`,
    [...writesKept(acknowledged, losses), ...kept].join(', '),
    faults.join('; ') || 'none',
  ]);
  return markdownTable(head, lines);
}

function writesKept({ tokens, settings, logins }: Kept, losses: Losses): string[] {
  const all = [
    ['settings', settings, losses.settings],
    ['tokens', tokens, losses.tokens],
    ['login events', logins, losses.events],
  ] as const;
  const refreshTokens = losses.refreshTokens > 0 ? [`${losses.refreshTokens} refresh tokens lost`] : [];
  return [...all.map(([what, count, lost]) => `${count - lost} of ${count} ${what}`), ...refreshTokens];
}
