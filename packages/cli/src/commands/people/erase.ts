/** `gatehouse people erase`: deletes a person for good, with everything that both APIs know. */
import { type ErasurePlan, erasePerson, type NamedPerson, planErasure } from '@gatehouse/api-client/erasure';
import { peopleSources } from '@gatehouse/contracts/environment-api';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes, Failure } from '../../failure/failure.ts';
import { contactCenterOf } from '../../input/named.ts';
import type { Output } from '../../output/output.ts';

interface EraseOptions {
  contactCenter: string;
  number?: number;
  dryRun?: boolean;
}

export function eraseCommand(people: Command, cli: Cli): void {
  people
    .command('erase')
    .description(
      'delete a person for good, with everything that is known of the person (GDPR Article 17); may be repeated',
    )
    .argument('<user>', 'user name, also of somebody who is gone')
    .requiredOption('--contact-center <name>', 'id, domain or name of the contact centre')
    .option(
      '--number <number>',
      'the number (dbid) of the person, where somebody else has the name by now',
      readNumber,
    )
    .option('--dry-run', 'only show what there is')
    .action(
      cli.action<EraseOptions, [string]>(async (session, { number, dryRun, ...place }, user) => {
        const contactCenter = await contactCenterOf(session, place.contactCenter);
        const named: NamedPerson = { user, contactCenter, number };
        const plan = await planErasure(session, named);
        if (dryRun) return printPlan(session.output, plan);
        requireGone(plan);
        if (!session.output.isJson) printPlan(session.output, plan);
        await session.sure(`Erase all of this of ${user}? It cannot be taken back.`);
        const erased = await erasePerson(session, named);
        const { events } = erased.held;
        session.output.done(
          `The data of ${user} is erased, from ${events} events and ${erased.copies ?? 0} copies in Elasticsearch too.`,
          erased,
        );
      }),
    );
}

function printPlan(output: Output, plan: ErasurePlan): void {
  const { held, present, kept, stays } = plan;
  output.record(plan, [
    ['in the people store', present?.id === undefined ? 0 : 1],
    ['recently deleted', kept.length],
    ...Object.entries(held).map(([name, count]) => [words[name as keyof typeof held], count] as const),
    ['stays: what the person did as an administrator', stays.actions],
  ]);
}

const words: Record<keyof ErasurePlan['held'], string> = {
  sessions: 'sessions',
  consents: 'consents',
  approvalCodes: 'codes for approvals',
  factors: 'second factors',
  wrongPasswords: 'wrong passwords',
  browsers: 'known browsers and networks',
  rights: 'rights at the console',
  refusals: 'refused requests',
  events: 'security events',
};

/** Only people of the people store are deleted here. */
function requireGone({ present, source }: ErasurePlan): void {
  if (present === undefined || present.id !== undefined) return;
  throw new Failure(
    exitCodes.refused,
    `${present.userName} is still in the ${peopleSources[source].title}: delete the person there first`,
  );
}

function readNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be the number of a person, such as 1047.');
}
