/** `gatehouse settings`: of a contact centre, or with --global what all of them inherit. */
import { createSettingAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { UsageError } from '../failure/failure.ts';
import { readFile } from '../input/file.ts';
import type { Session } from '../session.ts';

interface Owner {
  cc?: string;
  global?: boolean;
}

interface SetOptions extends Owner {
  location: string;
  shared?: boolean;
  file?: string;
}

export function settingCommands(program: Command, cli: Cli): void {
  const settings = program.command('settings').description('settings of contact centres, and global ones');
  const api = (session: Session) => createSettingAdministration(session.environmentApi);

  owned(settings.command('list').description('the values as they are given, or as they are effective'))
    .option('--location <path>', 'only what is effective there, inherited values included')
    .action(
      cli.action<Owner & { location?: string }>(async (session, options) => {
        session.output.rows(
          await api(session).list(ownerOf(options), options.location),
          [
            { title: 'name', value: (row) => row.name },
            { title: 'location', value: (row) => row.location },
            { title: 'shared', value: (row) => row.shared },
            { title: 'from', value: (row) => row.inheritedFrom },
            { title: 'value', value: (row) => row.value },
          ],
          'There are no settings.',
        );
      }),
    );

  owned(settings.command('set').description('give a value; one that is there is replaced'))
    .argument('<name>')
    .argument('[value]')
    .option('--location <path>', 'where it counts', '/')
    .option('--shared', 'mark it as shared')
    .option('-f, --file <path>', 'read the value from a file; - for standard input')
    .action(
      cli.action<SetOptions, [string, string | undefined]>(async (session, options, name, given) => {
        const { location, shared = false } = options;
        const value = await settingValue(session, options, given);
        const setting = await api(session).set(ownerOf(options), { name, value, location, shared });
        session.output.done(`${setting.name} is set at ${setting.location}.`, setting);
      }),
    );

  owned(settings.command('delete').description('delete a setting at all locations, or at one'))
    .argument('<name>')
    .option('--location <path>', 'only the value for exactly this location')
    .action(
      cli.action<Owner & { location?: string }, [string]>(async (session, options, name) => {
        const { location } = options;
        const where = location === undefined ? 'at all locations' : `at ${location}`;
        await session.sure(`Delete the setting ${JSON.stringify(name)} ${where}?`);
        await api(session).remove(ownerOf(options), name, location);
        session.output.done(`${name} is deleted ${where}.`);
      }),
    );
}

function owned(command: Command): Command {
  return command
    .option('--cc <id>', 'of this contact centre')
    .option('--global', 'what every contact centre inherits');
}

function ownerOf({ cc, global }: Owner): string | undefined {
  if ((cc === undefined) === (global === undefined)) throw new UsageError('Say whose: --cc ID or --global');
  return cc;
}

async function settingValue(
  { terminal }: Session,
  { file }: SetOptions,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined && file === undefined) return given;
  if (given === undefined && file !== undefined) return readFile(terminal, file);
  throw new UsageError('Give the value once: behind the name, or in a file with --file');
}
