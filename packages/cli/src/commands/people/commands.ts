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
import { importCommand } from './import.ts';
import { linkCommands } from './links.ts';
import { searchCommands } from './search.ts';
import { storeCommands } from './store.ts';
import { unlockCommand } from './unlock.ts';

interface ExplainOptions extends PlaceOption {
  correlation?: string;
}

export function peopleCommands(program: Command, cli: Cli): void {
  const people = program
    .command('people')
    .description('people: why they cannot sign in, and those of the people store');

  storeCommands(people, cli);
  linkCommands(people, cli);
  searchCommands(people, cli);
  eraseCommand(people, cli);
  importCommand(people, cli);

  personArgument(
    people
      .command('explain')
      .description(
        'why somebody cannot sign in; exit code 1 when every sign-in or the request of --correlation is refused, or it is not known',
      )
      .option('--correlation <id>', 'also why this request was refused: the id that its error page showed'),
  ).action(
    cli.action<ExplainOptions, [string]>(async (session, { contactCenter, correlation }, name) => {
      const person = await personOf(session, name, contactCenter);
      const explanation = await explainSignIn(session.authApi, { ...person, correlationId: correlation });
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
}

/** The verdicts with which the person signs in. */
const signsIn: readonly SignInExplanation['verdict'][] = ['allowed', 'restricted'];
