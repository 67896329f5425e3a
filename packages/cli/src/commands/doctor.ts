/** `gatehouse doctor`: what the services stand on, and what to change where it is not right. */
import { readDiagnosis } from '@gatehouse/api-client/administration';
import {
  authApiDiagnosisPath,
  type Diagnosis,
  environmentApiDiagnosisPath,
} from '@gatehouse/contracts/answers';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { exitCodes } from '../failure/failure.ts';
import type { Output } from '../output/output.ts';
import { renderSteps } from '../output/steps.ts';
import { askBoth } from './both-services.ts';

export function doctorCommand(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description(
      'look at PostgreSQL, Redis, Elasticsearch, Consul, the signing keys, environments in which no login can succeed and the rest of what the services stand on; exit code 1 when something failed',
    )
    .action(
      cli.action(async (session) => {
        const { output } = session;
        const answers = await askBoth(
          session,
          readDiagnosis(session.authApi, authApiDiagnosisPath),
          readDiagnosis(session.environmentApi, environmentApiDiagnosisPath),
        );
        const diagnoses = answers.filter((answer) => answer !== undefined);
        output.text(diagnoses, diagnoses.map((diagnosis) => describe(diagnosis, output)).join(''));
        if (diagnoses.some(({ ok }) => !ok)) session.exitCode ||= exitCodes.negative;
      }),
    );
}

function describe({ service, version, instance, findings }: Diagnosis, output: Output): string {
  return `${output.paint('bold', service)} ${version} (${instance})\n${renderSteps(findings, output)}`;
}
