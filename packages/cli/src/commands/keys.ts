/** `gatehouse keys`: the API keys of a contact centre. */
import { createApiKeyAdministration } from '@gatehouse/api-client/environment-api/contact-centers';
import type { AnsweredApiKey } from '@gatehouse/contracts/environment-api/administration/api-keys';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { type FieldOption, fieldOptions, fieldsOf } from '../input/fields.ts';
import { readSecretFile } from '../input/file.ts';
import type { Session } from '../session.ts';
import { askSecret } from '../terminal/questions.ts';

const expiry: FieldOption = {
  flags: '--expires-at <time>',
  description: 'when it ends, such as 2027-12-31T00:00:00Z',
};
const creation: readonly FieldOption[] = [
  {
    flags: '--purpose <purpose>',
    description:
      'api (without it), or scim: provisions the people of this contact centre and opens nothing else',
  },
  { flags: '--valid-from <time>', description: 'when it begins; now without it' },
  expiry,
];
const rotation: readonly FieldOption[] = [
  { flags: '--overlap-seconds <seconds>', description: 'how long the key before still works; 0 without it' },
  expiry,
];

interface Owner {
  cc: string;
}

export function apiKeyCommands(program: Command, cli: Cli): void {
  const keys = program.command('keys').description('API keys of contact centres');
  const api = (session: Session) => createApiKeyAdministration(session.environmentApi);
  const owned = (command: Command) => command.requiredOption('--cc <id>', 'the contact centre');

  owned(keys.command('list').description('of each key its first characters')).action(
    cli.action<Owner>(async (session, { cc }) => {
      session.output.rows(
        await api(session).list(cc),
        [
          { title: 'id', value: (row) => row.id },
          { title: 'name', value: (row) => row.name },
          { title: 'purpose', value: (row) => row.purpose },
          { title: 'key', value: (row) => `${row.prefix}…` },
          { title: 'expires', value: (row) => row.expiresAt ?? 'never' },
          { title: 'last used', value: (row) => row.lastUsedAt ?? 'never' },
          {
            title: 'key before',
            value: (row) => row.previousUntil && `${row.previousPrefix}… until ${row.previousUntil}`,
          },
        ],
        'There are no keys.',
      );
    }),
  );

  fieldOptions(
    owned(keys.command('create').description('make a key; it is shown this once')).argument(
      '<name>',
      'what it is for',
    ),
    creation,
  ).action(
    cli.action<Owner, [string]>(async (session, options, name) => {
      show(
        session,
        await api(session).create(options.cc, { ...(await fieldsOf(session, options, creation)), name }),
      );
    }),
  );

  fieldOptions(
    owned(keys.command('rotate').description('replace a key by a new one')).argument('<key-id>'),
    rotation,
  ).action(
    cli.action<Owner, [string]>(async (session, options, keyId) => {
      show(session, await api(session).rotate(options.cc, keyId, await fieldsOf(session, options, rotation)));
    }),
  );

  owned(keys.command('delete').description('withdraw a key: it stops working at once'))
    .argument('<key-id>')
    .action(
      cli.action<Owner, [string]>(async (session, { cc }, keyId) => {
        await session.sure(`Withdraw the key ${keyId}?`);
        await api(session).remove(cc, keyId);
        session.output.done(`Key ${keyId} is withdrawn.`);
      }),
    );

  keys
    .command('validate')
    .description('whose key is it; the key is asked for')
    .option('--key-file <path>', 'read the key from a file; - for standard input')
    .action(
      cli.action<{ keyFile?: string }>(async (session, { keyFile }) => {
        const key =
          keyFile === undefined
            ? await askSecret(session.terminal, 'The key', '--key-file names a file that holds it')
            : await readSecretFile(session.terminal, keyFile, 'The key');
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
