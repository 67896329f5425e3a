/** `gatehouse people`: why somebody cannot sign in, the end of our delays, and the people of the people store. */
import { clearDelays, explainSignIn } from '@gatehouse/api-client/auth-api';
import { headlineOf, type SignInExplanation } from '@gatehouse/contracts/auth-administration';
import { sentences } from '@gatehouse/contracts/sentences';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes } from '../../failure/failure.ts';
import { type PlaceOption, personArgument, personOf } from '../../input/person.ts';
import { printDiagnosis } from '../../output/diagnosis.ts';
import { shown } from '../../output/text.ts';
import { eraseCommand } from './erase.ts';
import { importCommand } from './import.ts';
import { searchCommands } from './search.ts';
import { storeCommands } from './store.ts';

interface ExplainOptions extends PlaceOption {
  correlation?: string;
}

export function peopleCommands(program: Command, cli: Cli): void {
  const people = program
    .command('people')
    .description('people: why they cannot sign in, and those of the people store');

  storeCommands(people, cli);
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
      const headline = sentences[headlineOf(explanation)];
      const head = `${shown(user.userName)} in the contact centre ${user.contactCenterId}: ${verdict}. ${headline}`;
      printDiagnosis(explanation, head, session.output);
      if (!signsIn.includes(verdict)) session.exitCode = exitCodes.negative;
    }),
  );

  personArgument(
    people
      .command('unlock')
      .description(
        'forget the wrong passwords of a person, at most three times within an hour; what the directory has counted or locked stays',
      ),
  ).action(
    cli.action<PlaceOption, [string]>(async (session, { contactCenter }, name) => {
      const cleared = await clearDelays(session.authApi, await personOf(session, name, contactCenter));
      const { refusals, waitSeconds } = cleared;
      const wait =
        waitSeconds === undefined
          ? ''
          : ` The directory has counted them too: the next try still has to wait ${Math.ceil(waitSeconds / 60)} min.`;
      session.output.done(`${refusals} wrong passwords of ${name} are forgotten.${wait}`, cleared);
    }),
  );
}

/** The verdicts with which the person signs in. */
const signsIn: readonly SignInExplanation['verdict'][] = ['allowed', 'restricted'];
