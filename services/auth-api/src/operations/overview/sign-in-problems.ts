/** Judges the sign-ins and token requests of the last minutes, with the limits of the alert rules where these have one. */
import type { Problem } from '@gatehouse/contracts/answers';
import { definedOnly } from '@gatehouse/contracts/values';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';
import type { Series } from '../../records/activity/series.ts';

/** Fewer say nothing. */
const fewest = 10;
const slowMs = 3_000;

/** `subject`: the contact centre, or `installation`. `minutes`: how long the series is. */
export function problemsOfSignIns(series: Series, subject: string, minutes: number): Problem[] {
  const { succeeded, failed, p95Ms = 0, tokensIssued, tokensRefused } = series.total;
  const all = succeeded + failed;
  const because = (isReason: (reason: string) => boolean) =>
    series.failures.reduce((sum, { reason, count }) => (isReason(reason) ? sum + count : sum), 0);
  const impossible = because((reason) => reason === 'try_again');
  const guessed = because((reason) => reason === 'bad_credentials' || reason === 'throttled');
  const bySso = because((reason) => reason.startsWith('sso_') && reason !== 'sso_required');

  const found: (Problem | false)[] = [
    impossible >= fewest / 2 &&
      impossible > 0.0144 * all && {
        severity: 'critical',
        runbook: 'people-cannot-sign-in',
        subject,
        ...wordsOf(say('problem.signIns.impossible', { count: impossible, all, minutes })),
      },
    guessed > 60 * minutes &&
      guessed > 3 * succeeded && {
        severity: 'warning',
        runbook: 'somebody-tries-passwords',
        subject,
        ...wordsOf(say('problem.signIns.guessed', { count: guessed, all, minutes })),
      },
    bySso > fewest &&
      bySso > succeeded && {
        severity: 'warning',
        runbook: 'single-sign-on-fails',
        subject,
        ...wordsOf(say('problem.signIns.provider', { count: bySso, succeeded, minutes })),
      },
    succeeded >= fewest &&
      p95Ms > slowMs && {
        severity: 'warning',
        runbook: 'a-configuration-server-is-slow',
        subject,
        ...wordsOf(say('problem.signIns.slow', { minutes, seconds: Math.round(p95Ms / 100) / 10 })),
      },
    tokensRefused > 5 * fewest &&
      tokensRefused > tokensIssued && {
        severity: 'warning',
        runbook: 'a-client-is-refused',
        subject,
        ...wordsOf(say('problem.tokens.refused', { count: tokensRefused, issued: tokensIssued, minutes })),
      },
  ];
  return found.filter((problem) => problem !== false);
}

/** An administrator who unlocks an account can guess at it in between. */
export function problemOfUnlocks(administrator: string, subjectName: string | undefined): Problem {
  return {
    severity: 'warning',
    runbook: 'somebody-tries-passwords',
    subject: administrator,
    ...definedOnly({ subjectName }),
    ...wordsOf(say('problem.unlocks')),
  };
}
