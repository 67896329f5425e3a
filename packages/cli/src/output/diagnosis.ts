/** Prints what a look at a person or a client found: the steps, then the last refusals. */
import type { SignInExplanation } from '@gatehouse/contracts/auth-api/administration/help-desk';
import type { Output } from './output.ts';
import { renderSteps } from './steps.ts';

type Diagnosis = Pick<SignInExplanation, 'findings' | 'refusals'>;

export function printDiagnosis({ findings, refusals }: Diagnosis, output: Output): void {
  output.raw(renderSteps(findings, output));
  output.rows(
    refusals,
    [
      { title: 'refused', value: ({ at }) => at },
      { title: 'event', value: ({ name }) => name },
      { title: 'reason', value: ({ reason, detail }) => [reason, detail].filter(Boolean).join(': ') },
      { title: 'from', value: ({ clientAddress }) => clientAddress },
      { title: 'client', value: ({ clientId }) => clientId },
      { title: 'correlation', value: ({ correlationId }) => correlationId },
    ],
    'No refusals are known.',
  );
}
