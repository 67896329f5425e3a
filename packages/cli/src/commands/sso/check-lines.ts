/** Shows checks of single sign-on as lines: each step, how far it came, and what to change. */
import type { SsoCheck } from '@gatehouse/contracts/auth-administration';
import type { Output } from '../../output/output.ts';
import { renderSteps } from '../../output/steps.ts';

export function checkLines(
  { contactCenterId, protocols }: SsoCheck,
  output: Output,
  isStored = true,
): string {
  if (protocols.length === 0)
    return `Contact centre ${contactCenterId} has no single sign-on settings: gatehouse sso set stores them.\n`;
  return protocols
    .map(({ protocol, location, enabled, ok, steps }) => {
      const outcome = ok ? 'every check passed' : 'not every check passed';
      const state = enabled || !isStored ? '' : ', not enabled yet';
      const head = output.paint('bold', `${protocol} at ${location}`);
      const next =
        ok && !enabled && isStored
          ? `Next: gatehouse sso enable ${protocol} --contact-center ${contactCenterId} --location ${location}\n`
          : '';
      return `${head}: ${outcome}${state}\n${renderSteps(
        steps.map(({ step, ...rest }) => ({ name: step, ...rest })),
        output,
      )}${next}`;
    })
    .join('');
}
