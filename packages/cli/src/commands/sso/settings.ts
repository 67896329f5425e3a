/** `gatehouse sso set|show|enable|disable`: the settings of a contact centre, by protocol and location. */
import { trySingleSignOn } from '@gatehouse/api-client/auth-api';
import { createSingleSignOnAdministration } from '@gatehouse/api-client/environment-api';
import { definedOnly, providerProtocols, type SignOnProtocol } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes, UsageError } from '../../failure/failure.ts';
import { fieldOptions, fieldsOf, requireFields } from '../../input/fields.ts';
import { readFile, secretFrom } from '../../input/file.ts';
import type { FieldOption } from '../../input/options.ts';
import type { Session } from '../../session.ts';
import { checkLines } from './check-lines.ts';
import { signOnFields } from './fields.ts';

interface Place {
  contactCenter: string;
  location: string;
}

interface Files {
  metadataFile?: string;
  clientSecretFile?: string;
}

interface Trial {
  dryRun?: boolean;
  user?: string;
}

const longestShown = 200;

const api = (session: Session) => createSingleSignOnAdministration(session.environmentApi);

export function settingsCommands(sso: Command, cli: Cli): void {
  const set = sso.command('set').description('change what is given; what is new is not enabled yet');
  for (const protocol of providerProtocols) setCommand(set, cli, protocol, signOnFields[protocol]);

  ofContactCenter(
    sso.command('show').description('the settings at all locations, without the secret'),
  ).action(
    cli.action<Place>(async (session, { contactCenter }) => {
      const found = await Promise.all(
        providerProtocols.map(async (protocol) => ({
          protocol,
          all: await api(session).list(contactCenter, protocol),
        })),
      );
      const entries = found.flatMap(({ protocol, all }) =>
        all.map((settings) => ({ protocol, ...settings })),
      );
      if (session.output.isJson || entries.length === 0)
        return session.output.text(
          entries,
          `Contact centre ${contactCenter} has no single sign-on settings.\n`,
        );
      for (const entry of entries)
        session.output.record(
          entry,
          Object.entries(entry).map(([name, value]) => [name, shortened(value)]),
        );
    }),
  );

  for (const [name, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    const group = sso
      .command(name)
      .description(enabled ? 'sign people in this way from now on' : 'sign nobody in this way any more');
    for (const protocol of providerProtocols)
      atLocation(group.command(protocol).description(`by ${protocol}`)).action(
        cli.action<Place>(async (session, { contactCenter, location }) => {
          const known = await api(session).list(contactCenter, protocol);
          if (!known.some((settings) => settings.location === location))
            throw new UsageError(
              `There are no ${protocol} settings at ${location}: gatehouse sso set ${protocol} stores them`,
            );
          const settings = await api(session).set(contactCenter, protocol, location, { enabled });
          session.output.done(`${protocol} at ${location} is ${name}d.`, settings);
        }),
      );
  }
}

function setCommand(set: Command, cli: Cli, protocol: SignOnProtocol, options: readonly FieldOption[]): void {
  const command = atLocation(
    fieldOptions(set.command(protocol).description(`the settings of ${protocol}`), options),
  );
  if (protocol === 'saml')
    command.option('--metadata-file <path>', 'metadata of the identity provider, - for standard input');
  else command.option('--client-secret-file <path>', 'our secret there, - for standard input');
  command
    .option(
      '--dry-run',
      'store nothing: ask the identity provider for real with what is given, as gatehouse sso test does; exit code 1 when it fails',
    )
    .option('--user <name>', 'with --dry-run: a name as the identity provider gives it');
  command.action(
    cli.action<Place & Files & Trial>(async (session, given) => {
      const { contactCenter, location } = given;
      const fields = { ...(await fieldsOf(session, given, options)), ...(await filesOf(session, given)) };
      // An attribute that is named is meant to be used.
      if ('userNameAttribute' in fields && !('userNameSource' in fields))
        Object.assign(fields, { userNameSource: 'attribute' });
      if (given.dryRun) return dryRun(session, given, protocol, fields);
      const settings = await api(session).set(contactCenter, protocol, location, requireFields(fields));
      session.output.done(
        `${protocol} at ${location} is set${settings.enabled ? '' : `, and not enabled: gatehouse sso test, then gatehouse sso enable ${protocol}`}.`,
        settings,
      );
    }),
  );
}

/** With the stored settings, where nothing is given. */
async function dryRun(
  session: Session,
  { contactCenter, location, user: userName }: Place & Trial,
  protocol: SignOnProtocol,
  fields: object,
): Promise<void> {
  const { output } = session;
  const change = { ...fields, ...definedOnly({ userName }), location };
  const check = await trySingleSignOn(session.authApi, contactCenter, protocol, change);
  output.text(check, checkLines(check, output, false));
  output.note('Nothing is stored: this was a dry run.');
  if (!check.ok) session.exitCode = exitCodes.negative;
}

async function filesOf({ terminal }: Session, { metadataFile, clientSecretFile }: Files) {
  return definedOnly({
    idpMetadataXml: metadataFile === undefined ? undefined : await readFile(terminal, metadataFile),
    clientSecret: await secretFrom(terminal, clientSecretFile, 'The client secret'),
  });
}

function ofContactCenter(command: Command): Command {
  return command.requiredOption('--contact-center <id>', 'the contact centre');
}

function atLocation(command: Command): Command {
  return ofContactCenter(command).option('--location <path>', 'where they count', '/');
}

/** Metadata of an identity provider fills pages. */
function shortened(value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= longestShown) return value;
  return `${value.slice(0, longestShown)}… (${value.length} characters; --json has them)`;
}
