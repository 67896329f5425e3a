/** `gatehouse people import`: makes the people store what a file of people says. */
import {
  createContactCenterAdministration,
  createPeopleAdministration,
} from '@gatehouse/api-client/environment-api';
import {
  applyPlan,
  type Change,
  type Key,
  keys,
  type Missing,
  PeopleFileError,
  planOf,
  readPeople,
  sumsOf,
} from '@gatehouse/api-client/people-file';
import { type Command, Option } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes, Failure, UsageError } from '../../failure/failure.ts';
import { readFile } from '../../input/file.ts';
import { contactCenterOf } from '../../input/named.ts';
import { renderChanges } from '../../output/changes.ts';
import type { Output } from '../../output/output.ts';
import type { Session } from '../../session.ts';

interface ImportOptions {
  contactCenter: string;
  key: Key;
  disableMissing?: boolean;
  deleteMissing?: boolean;
  dryRun?: boolean;
}

/** A hundred thousand people take minutes. */
const manyPeople = { timeoutSeconds: 600 };
/** With --json all of them are printed. */
const maxShown = 200;

export function importCommand(people: Command, cli: Cli): void {
  people
    .command('import')
    .description('create and change people of the people store as a file in CSV says; who is not named stays')
    .argument('<file>', 'its first line names the columns; - for standard input')
    .requiredOption('--contact-center <name>', 'id, domain or name of the contact centre')
    .addOption(
      new Option('--key <column>', 'column by which people are known again')
        .choices(keys)
        .default('userName'),
    )
    .option('--disable-missing', 'deactivate everybody whom the file does not name')
    .addOption(
      new Option('--delete-missing', 'delete everybody whom the file does not name').conflicts(
        'disableMissing',
      ),
    )
    .option('--dry-run', 'tell the changes and write nothing; exit code 1 when there are any')
    .action(
      cli.action<ImportOptions, [string]>(async (session, options, path) => {
        const { output } = session;
        const { key, dryRun } = options;
        const missing = missingOf(options);
        const file = fileOf(await readFile(session.terminal, path), key);
        if (file.rows.length === 0 && missing !== 'stay')
          throw new UsageError(`The file names nobody, and --${missing}-missing would ${missing} everybody`);
        const contactCenterId = await contactCenterOf(session, options.contactCenter);
        const api = createPeopleAdministration(session.environmentApi, contactCenterId);
        const plan = planOf(file, await api.list(), { key, missing });
        const listed = plan.map(({ action, entity, id, changes, line }) => ({
          action,
          entity,
          id,
          changes,
          line,
        }));
        if (dryRun) {
          output.text(listed, describe(plan, output));
          if (plan.length > 0) session.exitCode = exitCodes.negative;
          return;
        }
        if (plan.length === 0) return output.done('Everybody is as the file says.', listed);
        if (!output.isJson) output.raw(describe(plan, output));
        await session.sure(
          `Make these ${plan.length} changes?`,
          await namesToType(session, contactCenterId, plan),
        );
        const problems = await applyPlan(api, plan, (done) => {
          if (done < plan.length) output.note(`${done} of ${plan.length} changes are done.`);
        });
        if (problems.length > 0)
          throw new Failure(
            exitCodes.refused,
            `${problems.length} changes were refused; the others are done`,
            {
              problems,
            },
          );
        output.done('It is done.', listed);
      }, manyPeople),
    );
}

/** Somebody who deletes people types the name of their contact centre, as at the console. */
async function namesToType(session: Session, id: string, plan: readonly Change[]): Promise<string[]> {
  if (sumsOf(plan).deleted === 0) return [];
  return [(await createContactCenterAdministration(session.environmentApi).read(id)).name];
}

function describe(plan: readonly Change[], output: Output): string {
  if (plan.length === 0) return 'Everybody is as the file says.\n';
  const { created, updated, disabled, deleted } = sumsOf(plan);
  const rest = plan.length - Math.min(plan.length, maxShown);
  return [
    renderChanges(plan.slice(0, maxShown), output),
    rest > 0 ? `and ${rest} more\n` : '',
    `${created} people are created, ${updated} change, ${disabled} of them are deactivated.\n`,
    deleted === 0 ? '' : `${deleted} people are deleted.\n`,
  ].join('');
}

const missingOf = ({ disableMissing, deleteMissing }: ImportOptions): Missing =>
  deleteMissing ? 'delete' : disableMissing ? 'disable' : 'stay';

/** @throws UsageError that names the lines */
function fileOf(text: string, key: Key) {
  try {
    return readPeople(text, key);
  } catch (error) {
    throw error instanceof PeopleFileError ? new UsageError(error.message) : error;
  }
}
