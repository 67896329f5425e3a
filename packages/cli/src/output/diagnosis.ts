/** Prints what a look at a person or a client found: the steps, then the last refusals. */
import type { SignInExplanation } from '@gatehouse/contracts/auth-administration';
import type { Output } from './output.ts';
import { renderSteps } from './steps.ts';
import { whyOf } from './words.ts';

type Diagnosis = Pick<SignInExplanation, 'findings' | 'refusals'>;

/** `head`: whom it is about. */
export function printDiagnosis(diagnosis: Diagnosis, head: string, output: Output): void {
  if (output.isJson) {
    output.text(diagnosis, '');
    return;
  }
  const { findings, refusals } = diagnosis;
  output.raw(output.paint('bold', head));
  output.raw(renderSteps(findings, output));
  output.rows(
    refusals,
    {
      refused: 'at',
      event: 'name',
      reason: ({ reason, detail }) => whyOf(reason, detail),
      from: 'clientAddress',
      client: 'clientId',
      correlation: 'correlationId',
    },
    'No refusals are known.',
  );
}
