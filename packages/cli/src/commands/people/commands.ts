/** `gatehouse people`: why somebody cannot sign in, the end of our delays, and the people of the people store. */
import { explainSignIn } from '@gatehouse/api-client/auth-api';
import { headlineOf, type SignInExplanation } from '@gatehouse/contracts/auth-administration';
import { sentences } from '@gatehouse/contracts/sentences';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes } from '../../failure/failure.ts';
import { type PlaceOption, personArgument, personOf } from '../../input/person.ts';
import { namedWithId, namesOfCenters } from '../../input/shown-names.ts';
import { printDiagnosis } from '../../output/diagnosis.ts';
import { shown } from '../../output/text.ts';
import { eraseCommand } from './erase.ts';
import { factorCommands } from './factors.ts';
import { importCommand } from './import.ts';
import { linkCommands } from './links.ts';
import { searchCommands } from './search.ts';
import { storeCommands } from './store.ts';
import { unlockCommand } from './unlock.ts';

interface ExplainOptions extends PlaceOption {
  correlation?: string;
  client?: string;
}

export function peopleCommands(program: Command, cli: Cli): void {
  const people = program
    .command('people')
    .description('people: why they cannot sign in, their second factors, and those of the people store');

  storeCommands(people, cli);
  linkCommands(people, cli);
  searchCommands(people, cli);
  eraseCommand(people, cli);
  importCommand(people, cli);

  personArgument(
    people
      .command('explain')
      .description(
        'why somebody cannot sign in; exit code 1 when every sign-in, or the request of --correlation, or each sign-in to --client is refused, or it is not known',
      )
      .option('--correlation <id>', 'also why this request was refused: the id that its error page showed')
      .option('--client <id>', 'of a sign-in to this application, which may require a second factor'),
  ).action(
    cli.action<ExplainOptions, [string]>(async (session, { contactCenter, correlation, client }, name) => {
      const person = await personOf(session, name, contactCenter);
      const asked = { ...person, correlationId: correlation, client };
      const explanation = await explainSignIn(session.authApi, asked);
      const { user, verdict } = explanation;
      const centerName = await namesOfCenters(session, [user.contactCenterId]);
      const center = namedWithId(centerName, user.contactCenterId);
      const headline = sentences[headlineOf(explanation)];
      const head = `${shown(user.userName)} in the contact centre ${center}: ${verdict}. ${headline}`;
      printDiagnosis(explanation, head, session.output);
      if (!signsIn.includes(verdict)) session.exitCode = exitCodes.negative;
    }),
  );

  unlockCommand(people, cli);
  factorCommands(people, cli);
}

/** The verdicts with which the person signs in. */
const signsIn: readonly SignInExplanation['verdict'][] = ['allowed', 'restricted'];
