/** `gatehouse people import`: makes the people store what a file of people says. */
import { createPeopleAdministration } from '@gatehouse/api-client/environment-api';
import { type Command, Option } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes, UsageError } from '../../failure/failure.ts';
import { readFile } from '../../input/file.ts';
import { contactCenterOf } from '../../input/named.ts';
import { renderChanges } from '../../output/changes.ts';
import type { Output } from '../../output/output.ts';
import { applyPlan } from './apply.ts';
import { type Key, readPeople } from './csv.ts';
import { type Change, planOf } from './plan.ts';

interface ImportOptions {
  contactCenter: string;
  key: Key;
  disableMissing?: boolean;
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
        .choices(['userName', 'externalId'])
        .default('userName'),
    )
    .option('--disable-missing', 'deactivate whoever the file does not name')
    .option('--dry-run', 'tell the changes and write nothing; exit code 1 when there are any')
    .action(
      cli.action<ImportOptions, [string]>(async (session, options, path) => {
        const { output } = session;
        const { key, disableMissing = false, dryRun } = options;
        const file = readPeople(await readFile(session.terminal, path), key);
        if (file.rows.length === 0 && disableMissing)
          throw new UsageError('The file names nobody, and --disable-missing would deactivate everybody');
        const contactCenterId = await contactCenterOf(session, options.contactCenter);
        const api = createPeopleAdministration(session.environmentApi, contactCenterId);
        const plan = planOf(file, await api.list(), { key, disableMissing });
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
        await session.sure(`Make these ${plan.length} changes?`);
        await applyPlan(api, plan, (done) => {
          if (done < plan.length) output.note(`${done} of ${plan.length} changes are done.`);
        });
        output.done('It is done.', listed);
      }, manyPeople),
    );
}

function describe(plan: readonly Change[], output: Output): string {
  if (plan.length === 0) return 'Everybody is as the file says.\n';
  const created = plan.filter(({ action }) => action === 'create').length;
  const disabled = plan.filter(
    ({ changes }) => changes['active']?.to === false && 'from' in (changes['active'] ?? {}),
  ).length;
  const rest = plan.length - Math.min(plan.length, maxShown);
  return [
    renderChanges(plan.slice(0, maxShown), output),
    rest > 0 ? `and ${rest} more\n` : '',
    `${created} people are created, ${plan.length - created} change, ${disabled} of them are deactivated.\n`,
  ].join('');
}
