/** `npm run release:rehearse`: makes a whole release for this machine, installs it from its registry on a real cluster, and prints a table. */
import { withMachine } from '../cluster/install.ts';
import { nodeSteps } from '../cluster/steps.ts';
import { experiment } from '../harness/experiment.ts';
import { installSteps } from './installation.ts';
import { buildSteps, publishSteps } from './steps.ts';
import { tampering } from './tampering.ts';

const usage = `Usage: npm run release:rehearse [-- options]

  --keep            leave the cluster and the registry up at the end; the next run takes them down
  --markdown FILE   write the table there too
`;

export const rehearsal = experiment({
  usage,
  options: { keep: { type: 'boolean' }, markdown: { type: 'string' } },
  endsItself: true,
  run: (values) =>
    withMachine({
      ...values,
      only: [''],
      steps: [...buildSteps, ...nodeSteps, ...publishSteps, ...installSteps, tampering],
    }),
});
