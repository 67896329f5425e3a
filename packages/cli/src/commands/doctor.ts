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
import { asked } from '../failure/upstream.ts';
import type { Output } from '../output/output.ts';
import { renderSteps } from '../output/steps.ts';

export function doctorCommand(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description(
      'look at PostgreSQL, Redis, Elasticsearch, Consul, the signing keys, environments in which no login can succeed and the rest of what the services stand on; exit code 1 when something failed',
    )
    .action(
      cli.action(async (session) => {
        const { output } = session;
        const answers = await Promise.all([
          asked(readDiagnosis(session.authApi, authApiDiagnosisPath)),
          asked(readDiagnosis(session.environmentApi, environmentApiDiagnosisPath)),
        ]);
        const failures = answers.flatMap(({ failure }) => failure ?? []);
        const diagnoses = answers.flatMap(({ answer }) => answer ?? []);
        output.text(diagnoses, diagnoses.map((diagnosis) => describe(diagnosis, output)).join(''));
        if (diagnoses.some(({ ok }) => !ok)) session.exitCode = exitCodes.negative;
        for (const { message } of failures) output.note(message);
        // A service that did not answer outweighs the answer of the other one.
        if (failures[0]) session.exitCode = failures[0].exitCode;
      }),
    );
}

function describe({ service, version, instance, findings }: Diagnosis, output: Output): string {
  return `${output.paint('bold', service)} ${version} (${instance})\n${renderSteps(findings, output)}`;
}
