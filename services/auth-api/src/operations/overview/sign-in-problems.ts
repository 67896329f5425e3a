/** Judges the sign-ins and token requests of the last minutes, with the limits of the alert rules where these have one. */
import type { Problem } from '@gatehouse/contracts/answers';
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
  const lately = `in the last ${minutes} minutes`;

  const found: (Problem | false)[] = [
    impossible >= fewest / 2 &&
      impossible > 0.0144 * all && {
        severity: 'critical',
        runbook: 'people-cannot-sign-in',
        subject,
        message: `${impossible} of ${all} sign-ins ${lately} were not possible, whatever the password.`,
      },
    guessed > 60 * minutes &&
      guessed > 3 * succeeded && {
        severity: 'warning',
        runbook: 'somebody-tries-passwords',
        subject,
        message: `${guessed} of ${all} sign-ins ${lately} had a wrong password or had to wait.`,
      },
    bySso > fewest &&
      bySso > succeeded && {
        severity: 'warning',
        runbook: 'single-sign-on-fails',
        subject,
        message: `${bySso} sign-ins through an identity provider failed ${lately}, and ${succeeded} sign-ins of any kind succeeded.`,
      },
    succeeded >= fewest &&
      p95Ms > slowMs && {
        severity: 'warning',
        runbook: 'a-configuration-server-is-slow',
        subject,
        message: `One in twenty sign-ins ${lately} took longer than ${(p95Ms / 1000).toFixed(1)} seconds.`,
      },
    tokensRefused > 5 * fewest &&
      tokensRefused > tokensIssued && {
        severity: 'warning',
        runbook: 'a-client-is-refused',
        subject,
        message: `${tokensRefused} token requests were refused ${lately}, and ${tokensIssued} were answered with tokens.`,
      },
  ];
  return found.filter((problem) => problem !== false);
}
