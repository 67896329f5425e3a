/** `gatehouse keys`: the API keys of a contact centre. */
import { createApiKeyAdministration } from '@gatehouse/api-client/environment-api';
import type { AnsweredApiKey } from '@gatehouse/contracts/environment-administration';
import { apiKey, type NewApiKey, type Rotation } from '@gatehouse/contracts/resources';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { fieldOptions, fieldsOf } from '../input/fields.ts';
import { secretOf } from '../input/file.ts';
import { type FieldOption, optionsOf } from '../input/options.ts';
import type { Session } from '../session.ts';
import { resourceCommands } from './resource-command.ts';

const expiry = ['--expires-at <time>', 'when it ends, such as 2027-12-31T00:00:00Z'] as const;
/** The name is an argument. */
const creation = optionsOf(apiKey, {
  purpose: [
    '--purpose <purpose>',
    'api (without it), or scim: provisions the people of this contact centre and opens nothing else',
  ],
  validFrom: ['--valid-from <time>', 'when it begins; now without it'],
  expiresAt: expiry,
}).filter(({ field }) => field !== 'name');
const rotation: readonly FieldOption[] = [
  { flags: '--overlap-seconds <seconds>', description: 'how long the key before still works; 0 without it' },
  { flags: expiry[0], description: expiry[1] },
];

interface Owner {
  cc: string;
}

const owned = (command: Command) => command.requiredOption('--cc <id>', 'the contact centre');

export function apiKeyCommands(program: Command, cli: Cli): void {
  const keys = program.command('keys').description('API keys of contact centres');
  const api = (session: Session) => createApiKeyAdministration(session.environmentApi);
  const commands = resourceCommands<ReturnType<typeof api>, Owner>(keys, cli, {
    resource: apiKey,
    calls: api,
    argument: ['<key-id>'],
    place: owned,
  });

  commands.list({
    description: 'of each key its first characters',
    rows: (calls, { cc }) => calls.list(cc),
    columns: {
      id: 'id',
      name: 'name',
      purpose: 'purpose',
      key: ({ prefix }) => `${prefix}…`,
      expires: ({ expiresAt }) => expiresAt ?? 'never',
      'last used': ({ lastUsedAt }) => lastUsedAt ?? 'never',
      'key before': ({ previousPrefix, previousUntil }) =>
        previousUntil && `${previousPrefix}… until ${previousUntil}`,
    },
    hidden: ['expiresAt'],
    none: 'There are no keys.',
  });
  fieldOptions(
    owned(keys.command('create').description('make a key; it is shown this once')).argument(
      '<name>',
      'what it is for',
    ),
    creation,
  ).action(
    cli.action<Owner, [string]>(async (session, options, name) => {
      const fields = await fieldsOf<Partial<NewApiKey>>(session, options, creation);
      show(session, await api(session).create(options.cc, { ...fields, name }));
    }),
  );
  fieldOptions(
    owned(keys.command('rotate').description('replace a key by a new one')).argument('<key-id>'),
    rotation,
  ).action(
    cli.action<Owner, [string]>(async (session, options, keyId) => {
      const fields = await fieldsOf<Rotation>(session, options, rotation);
      show(session, await api(session).rotate(options.cc, keyId, fields));
    }),
  );
  commands.remove({
    description: 'withdraw a key: it stops working at once',
    confirmation: (_calls, keyId) => `Withdraw the key ${keyId}?`,
    remove: (calls, keyId, { cc }) => calls.remove(cc, keyId),
    done: (keyId) => `Key ${keyId} is withdrawn.`,
  });
  keys
    .command('validate')
    .description('whose key is it; the key is asked for')
    .option('--key-file <path>', 'read the key from a file; - for standard input')
    .action(
      cli.action<{ keyFile?: string }>(async (session, { keyFile }) => {
        const key = await secretOf(session.terminal, ['--key-file', keyFile], 'The key');
        const owner = await api(session).validate(key);
        session.output.record(owner, Object.entries(owner));
      }),
    );
}

/** Alone on standard output, so that a script can take it; the sentence stands beside it. */
function show({ output }: Session, issued: AnsweredApiKey): void {
  output.note(`Key ${issued.id} (${issued.name}): keep it now, it cannot be read again.`);
  output.text(issued, `${issued.key ?? ''}\n`);
}
