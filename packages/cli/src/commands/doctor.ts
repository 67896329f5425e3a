/** `gatehouse doctor`: what the services stand on, and what to change where it is not right. */
import { readDiagnosis } from '@gatehouse/api-client/administration-calls';
import type { HttpClient } from '@gatehouse/api-client/http-client';
import { UpstreamError } from '@gatehouse/api-client/upstream-error';
import {
  authApiDiagnosisPath,
  type Diagnosis,
  environmentApiDiagnosisPath,
} from '@gatehouse/contracts/diagnosis';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { exitCodes, type Failure } from '../failure/failure.ts';
import { failureOf } from '../failure/upstream.ts';
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
          ask(session.authApi, authApiDiagnosisPath),
          ask(session.environmentApi, environmentApiDiagnosisPath),
        ]);
        const failures = answers.filter((answer) => 'failure' in answer).map(({ failure }) => failure);
        const diagnoses = answers.filter((answer) => 'diagnosis' in answer).map(({ diagnosis }) => diagnosis);
        output.text(diagnoses, diagnoses.map((diagnosis) => describe(diagnosis, output)).join(''));
        if (diagnoses.some(({ ok }) => !ok)) session.exitCode = exitCodes.negative;
        for (const { message } of failures) output.note(message);
        // A service that did not answer outweighs the answer of the other one.
        if (failures[0]) session.exitCode = failures[0].exitCode;
      }),
    );
}

/** A service that does not answer does not hide the answer of the other one. */
async function ask(http: HttpClient, path: string): Promise<{ diagnosis: Diagnosis } | { failure: Failure }> {
  try {
    return { diagnosis: await readDiagnosis(http, path) };
  } catch (error) {
    if (error instanceof UpstreamError) return { failure: failureOf(error) };
    throw error;
  }
}

function describe({ service, version, instance, findings }: Diagnosis, output: Output): string {
  return `${output.paint('bold', service)} ${version} (${instance})\n${renderSteps(findings, output)}`;
}
