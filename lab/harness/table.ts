/** Writes the failure table as Markdown. */
import { markdownTable } from '../../tools/markdown-table.ts';
import type { Losses, Row } from './verdict.ts';

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, requests, failed, recoveryMs, lastFailed, slowestMs, slowestKind, losses, faults }) => [
      name,
      String(requests),
      failedText(failed),
      recoveryMs === 0 ? '0' : `${(recoveryMs / 1000).toFixed(1)} s (${lastFailed})`,
      `${(slowestMs / 1000).toFixed(1)} s (${slowestKind})`,
      lossText(losses),
      faults.join('; ') || 'none',
    ],
  );
  const head = [
    'disturbance',
    'requests',
    'failed, by status',
    'recovery',
    'slowest answer',
    'lost',
    'must not be',
  ];
  return markdownTable(head, lines);
}

/** How many requests failed, by status. */
export function failedText(failed: Row['failed']): string {
  const counts = Object.entries(failed).map(([status, count]) => `${count} × ${status}`);
  return counts.join(', ') || 'none';
}

function lossText({ tokens, settings, events, refreshTokens }: Losses): string {
  const named: [number, string][] = [
    [tokens, 'tokens'],
    [settings, 'settings'],
    [events, 'audit events'],
    [refreshTokens, 'refresh tokens'],
  ];
  return (
    named
      .filter(([count]) => count > 0)
      .map(([count, what]) => `${count} ${what}`)
      .join(', ') || 'nothing'
  );
}
