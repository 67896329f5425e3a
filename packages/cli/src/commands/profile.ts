/** `gatehouse profile`: which installations there are, and which one counts. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Cli } from '../command-group.ts';
import { UsageError } from '../failure/failure.ts';
import { secretOf } from '../input/file.ts';
import { profilePath, readProfiles, writeProfiles } from '../profile/file.ts';
import { type Credentials, type Profile, profileNamePattern, profileSchema } from '../profile/profile.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface AddOptions {
  url: string;
  environmentUrl?: string;
  caFile?: string;
  username?: string;
  clientId?: string;
  secretFile?: string;
}

export function profileCommands(program: Command, cli: Cli): void {
  const profile = program.command('profile').description('installations and as whom they are asked');

  profile
    .command('add')
    .description('remember an installation; the first one, and the one added last, counts')
    .argument('<name>', 'how you call it')
    .requiredOption('--url <url>', 'its public address')
    .option('--environment-url <url>', 'address of Environment API, where it is another')
    .option('--ca-file <path>', 'authorities of its certificate, in PEM')
    .option('--username <name>', 'the operator account; its password is asked for')
    .option('--client-id <id>', 'or a client that may manage; its secret is asked for')
    .option('--secret-file <path>', 'read password or secret from a file; - for standard input')
    .action(
      cli.action<AddOptions, [string]>(async ({ terminal, output }, options, name) => {
        if (!profileNamePattern.test(name))
          throw new UsageError(`${JSON.stringify(name)}: letters, digits, dots, hyphens and underscores`);
        const added = profileOf(options, await credentialsOf(terminal, options));
        const path = profilePath(terminal);
        const { profiles } = readProfiles(path);
        writeProfiles(path, { current: name, profiles: { ...profiles, [name]: added } });
        output.done(
          `Profile ${name} is kept in ${path} and counts from now on.`,
          withoutSecrets(name, added),
        );
      }),
    );

  profile
    .command('list')
    .description('those that are known')
    .action(
      cli.action(async ({ terminal, output }) => {
        const { current, profiles } = readProfiles(profilePath(terminal));
        const rows = Object.entries(profiles).map(([name, one]) => ({
          ...withoutSecrets(name, one),
          current: name === current,
        }));
        output.rows(
          rows,
          { '': (row) => (row.current ? '*' : ''), name: 'name', url: 'url', as: 'as' },
          'There are no profiles: gatehouse profile add NAME --url https://login.example.com --username ops',
        );
      }),
    );

  profile
    .command('use <name>')
    .description('let another one count')
    .action(
      cli.action<object, [string]>(async ({ terminal, output }, _options, name) => {
        const { path, file } = profilesWith(terminal, name);
        writeProfiles(path, { ...file, current: name });
        output.done(`Profile ${name} counts from now on.`);
      }),
    );

  profile
    .command('remove <name>')
    .description('forget one, with its credentials')
    .action(
      cli.action<object, [string]>(async ({ terminal, output }, _options, name) => {
        const { path, file } = profilesWith(terminal, name);
        const { [name]: _removed, ...profiles } = file.profiles;
        const { current } = file;
        writeProfiles(path, definedOnly({ profiles, current: current === name ? undefined : current }));
        output.done(`Profile ${name} is forgotten.`);
      }),
    );
}

function profileOf({ url, environmentUrl, caFile }: AddOptions, credentials: Credentials): Profile {
  const read = profileSchema.safeParse({ url, environmentUrl, caFile, credentials });
  if (read.success) return read.data;
  throw new UsageError(z.prettifyError(read.error));
}

async function credentialsOf(terminal: Terminal, options: AddOptions): Promise<Credentials> {
  const { username, clientId, secretFile } = options;
  if ((username === undefined) === (clientId === undefined))
    throw new UsageError('Say as whom: --username for the operator account, or --client-id');
  const what = username === undefined ? 'The client secret' : 'The password';
  const secret = await secretOf(terminal, ['--secret-file', secretFile], what);
  return username === undefined
    ? { kind: 'client', clientId: clientId ?? '', clientSecret: secret }
    : { kind: 'operator', username, password: secret };
}

function profilesWith(terminal: Terminal, name: string) {
  const path = profilePath(terminal);
  const file = readProfiles(path);
  if (!Object.hasOwn(file.profiles, name))
    throw new UsageError(`There is no profile ${JSON.stringify(name)}`);
  return { path, file };
}

function withoutSecrets(name: string, { url, environmentUrl, credentials }: Profile) {
  const as =
    credentials.kind === 'operator'
      ? `operator ${credentials.username}`
      : credentials.kind === 'client'
        ? `client ${credentials.clientId}`
        : 'a token';
  return definedOnly({ name, url, environmentUrl, as });
}
