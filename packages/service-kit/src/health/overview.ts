/** Orders what an overview tells, and makes problems of certificates and keys that end soon. */
import type { Ending, Problem } from '@gatehouse/contracts/answers';
import { say, wordsOf } from '../sentences/say.ts';

const dayMs = 86_400_000;
/** So long before its end something is told. */
export const listedBeforeMs = 90 * dayMs;
/** So long before its end it is a problem, as in the alert rules. */
const problemBeforeMs = 30 * dayMs;

const severities: Problem['severity'][] = ['critical', 'warning'];

/** The worst first. */
export function orderProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted(
    (one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity),
  );
}

/** The earliest first, at most so many. */
export function orderEndings(endings: readonly Ending[], limit: number): Ending[] {
  return endings.toSorted((one, other) => one.endsAt.localeCompare(other.endsAt)).slice(0, limit);
}

/** Endings within 30 days that no renewal prevents; at most `limit`, because somebody looks at each. */
export function problemsOfEndings(endings: readonly Ending[], nowMs: number, limit = 10): Problem[] {
  return endings
    .filter(({ renewsItself, endsAt }) => !renewsItself && Date.parse(endsAt) - nowMs < problemBeforeMs)
    .slice(0, limit)
    .map(({ kind, name, endsAt }) => {
      const days = Math.ceil((Date.parse(endsAt) - nowMs) / dayMs);
      const what = `${endingNames[kind]} ${name}`;
      return {
        severity: days <= 0 ? 'critical' : 'warning',
        runbook: 'a-certificate-ends',
        subject: name,
        message:
          days <= 0
            ? `${what} has ended (${endsAt.slice(0, 10)}).`
            : `${what} ends in ${days} ${days === 1 ? 'day' : 'days'}.`,
        sentences: wordsOf(say('problem.ends', { endingKind: kind, name, days: Math.max(0, days) }))
          .sentences,
      };
    });
}

/** Old rows whose deletion an operator must confirm: a clock may have jumped. */
export function problemsOfDeletions(waiting: readonly { name: string; from: Date; to: Date }[]): Problem[] {
  const dayOf = (moment: Date) => moment.toISOString().slice(0, 10);
  return waiting.map(({ name, from, to }) => ({
    severity: 'warning',
    runbook: 'deletions-wait',
    subject: name,
    ...wordsOf(say('problem.deletions', { name, from: dayOf(from), to: dayOf(to) })),
  }));
}

const endingNames: Record<Ending['kind'], string> = {
  'provider-certificate': 'The certificate of the identity provider of',
  'own-certificate': 'Our certificate towards identity providers, for',
  'signing-key': 'The signing key',
  'client-certificate': 'A certificate of the client',
  'config-server-certificate': 'The certificate for the servers of the environment',
  'certificate-authority': 'The authority of the servers of the environment',
  'api-key': 'The API key',
};
