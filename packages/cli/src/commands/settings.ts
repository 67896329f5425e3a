/** `gatehouse settings`: of a contact centre, or with --global what all of them inherit. */
import { createSettingAdministration } from '@gatehouse/api-client/environment-api';
import {
  isKnownSetting,
  meantSetting,
  setting,
  settingFacts,
  settingUses,
} from '@gatehouse/contracts/resources';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { UsageError } from '../failure/failure.ts';
import { readFile } from '../input/file.ts';
import { type Owner, owned, ownerOf } from '../input/owner.ts';
import type { Session } from '../session.ts';
import { resourceCommands } from './resource-command.ts';

interface Place extends Owner {
  location?: string;
}

interface SetOptions extends Owner {
  location: string;
  shared?: boolean;
  file?: string;
}

export function settingCommands(program: Command, cli: Cli): void {
  const settings = program.command('settings').description('settings of contact centres, and global ones');
  const api = (session: Session) => createSettingAdministration(session.environmentApi);
  const commands = resourceCommands<ReturnType<typeof api>, Owner>(settings, cli, {
    resource: setting,
    calls: api,
    argument: ['<name>'],
    place: owned,
  });

  commands.list({
    description: 'the values as they are given, or as they are effective',
    options: (command) =>
      command.option('--location <path>', 'only what is effective there, inherited values included'),
    rows: (calls, options: Place) => calls.list(ownerOf(options), options.location),
    columns: {
      name: 'name',
      location: 'location',
      shared: 'shared',
      from: 'inheritedFrom',
      'read by': ({ name }) => (isKnownSetting(name) ? settingUses[name].readBy.join(', ') : '-'),
      value: 'value',
    },
    none: 'There are no settings.',
  });
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
        const stored = await api(session).set(ownerOf(options), { name, value, location, shared });
        session.output.written(`${name} is set at ${location}.`, stored);
      }),
    );
  settings
    .command('describe')
    .description('what each setting means that Gatehouse reads: its values, its default, and who reads it')
    .argument('[name]', 'one of them')
    .action(
      cli.action<object, [string | undefined]>(async ({ output }, _options, name) => {
        const all = settingFacts();
        if (name === undefined) return output.rows(all, factColumns, '');
        const facts = all.find((one) => one.name === name);
        if (facts === undefined) throw new UsageError(unknownName(name, all));
        output.record(facts, Object.entries(facts));
      }),
    );
  commands.remove({
    description: 'delete a setting at all locations, or at one',
    options: (command) => command.option('--location <path>', 'only the value for exactly this location'),
    confirmation: (_calls, name, options: Place) =>
      `Delete the setting ${JSON.stringify(name)} ${locationText(options)}?`,
    remove: (calls, name, options) => calls.remove(ownerOf(options), name, options.location),
    done: (name, options) => `${name} is deleted ${locationText(options)}.`,
  });
}

const factColumns = { name: 'name', default: 'default', 'read by': 'readBy', meaning: 'label' } as const;

function unknownName(name: string, all: readonly { name: string }[]): string {
  const meant = meantSetting(name);
  const names = all.map((one) => one.name).join(', ');
  return `Gatehouse reads no setting ${JSON.stringify(name)}${meant === undefined ? `: it reads ${names}` : `: did you mean ${meant}?`}`;
}

const locationText = ({ location }: Place) =>
  location === undefined ? 'at all locations' : `at ${location}`;

async function settingValue(
  { terminal }: Session,
  { file }: SetOptions,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined && file === undefined) return given;
  if (given === undefined && file !== undefined) return readFile(terminal, file);
  throw new UsageError('Give the value once: behind the name, or in a file with --file');
}
