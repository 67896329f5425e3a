/** `gatehouse doctor`: what the services stand on, and with --installation the whole way from the public address to a sign-in. */
import { readDiagnosis } from '@gatehouse/api-client/administration';
import {
  authApiDiagnosisPath,
  type Diagnosis,
  environmentApiDiagnosisPath,
} from '@gatehouse/contracts/answers';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes } from '../../failure/failure.ts';
import type { Output } from '../../output/output.ts';
import { renderSteps } from '../../output/steps.ts';
import type { Session } from '../../session.ts';
import { askBoth } from '../both-services.ts';
import { examineInstallation, type InstallationOptions } from './installation.ts';

export function doctorCommand(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description(
      'look at PostgreSQL, Redis, Elasticsearch, Consul, the signing keys, environments in which no login can succeed and the rest of what the services stand on; exit code 1 when something failed',
    )
    .option(
      '--installation',
      'check the whole installation: the public address with its name and certificate, clocks, directories, trusted proxies and a sign-in, too',
    )
    .option(
      '--public-at <address>',
      'where the public address is reached from here, when its name does not lead there',
    )
    .option(
      '--sign-in-username <name>',
      'who signs in, such as demo\\agent (GATEHOUSE_SIGN_IN_USERNAME); the account needs no rights',
    )
    .option(
      '--sign-in-password-file <path>',
      'the password of that account, - for standard input (GATEHOUSE_SIGN_IN_PASSWORD, or a question)',
    )
    .action(
      cli.action<InstallationOptions & { installation?: true }>(async (session, options) => {
        await (options.installation ? examineInstallation(session, options) : examineServices(session));
      }),
    );
}

async function examineServices(session: Session): Promise<void> {
  const { output } = session;
  const answers = await askBoth(
    session,
    readDiagnosis(session.authApi, authApiDiagnosisPath),
    readDiagnosis(session.environmentApi, environmentApiDiagnosisPath),
  );
  const diagnoses = answers.filter((answer) => answer !== undefined);
  output.text(diagnoses, diagnoses.map((diagnosis) => describe(diagnosis, output)).join(''));
  if (diagnoses.some(({ ok }) => !ok)) session.exitCode ||= exitCodes.negative;
}

function describe({ service, version, instance, findings }: Diagnosis, output: Output): string {
  return `${output.paint('bold', service)} ${version} (${instance})\n${renderSteps(findings, output)}`;
}
