/** Tells from whose documents the installation differs, as the last check or apply of each owner found it. */
import type { Problem } from '@gatehouse/contracts/answers';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';
import type { ConfigurationService } from '../configuration/service.ts';

export async function driftProblems({ owners }: Pick<ConfigurationService, 'owners'>): Promise<Problem[]> {
  return (await owners()).flatMap(({ owner, drift }): Problem[] => {
    const count = drift.create + drift.change + drift.delete + drift.refused;
    if (count === 0) return [];
    const words = wordsOf(say('problem.drift', { count, owner }));
    return [
      {
        severity: 'warning',
        runbook: 'the-installation-differs-from-its-documents',
        subject: owner,
        ...words,
      },
    ];
  });
}
