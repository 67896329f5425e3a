/** `gatehouse people links|link|unlink`: the identity providers by which a person of the people store signs in. */
import type { NewSignOnLink, SignOnLink } from '@gatehouse/contracts/environment-administration';
import { providerProtocols } from '@gatehouse/contracts/values';
import { type Command, Option } from 'commander';
import type { Cli } from '../../command-group.ts';
import { type NameOf, namesOfPeople } from '../../input/shown-names.ts';
import { aboutPerson, userArgument } from './store.ts';

const columnsBy = (nameOf: NameOf) =>
  ({
    protocol: 'protocol',
    issuer: 'issuer',
    subject: 'subject',
    'linked by': ({ linkedBy }: SignOnLink) => (linkedBy === undefined ? 'first sign-in' : nameOf(linkedBy)),
    id: 'id',
  }) as const;

export function linkCommands(people: Command, cli: Cli): void {
  const command = (name: string, description: string) =>
    people
      .command(name)
      .description(description)
      .argument(...userArgument);

  aboutPerson(
    command('links', 'the identity providers to which a person is linked'),
    cli,
    async (session, { id }, api) => {
      const links = await api.links(id);
      const nameOf = await namesOfPeople(
        session,
        links.flatMap(({ linkedBy }) => linkedBy ?? []),
      );
      session.output.rows(links, columnsBy(nameOf), 'No identity provider is linked.');
    },
  );

  aboutPerson<NewSignOnLink>(
    command('link', 'link a person to an identity provider, by the identifier of the person there')
      .addOption(
        new Option('--protocol <name>', 'how the identity provider is spoken to')
          .choices(providerProtocols)
          .makeOptionMandatory(),
      )
      .requiredOption('--issuer <name>', 'issuer of OpenID Connect, or entity id of a SAML identity provider')
      .requiredOption(
        '--subject <name>',
        '`sub` of the person, or the NameID or attribute that never changes',
      ),
    cli,
    async ({ output }, { id, userName }, api, { protocol, issuer, subject }) => {
      const links = await api.link(id, { protocol, issuer, subject });
      output.done(`${userName} signs in by ${issuer} from now on.`, links);
    },
  );

  aboutPerson<object, [string]>(
    command('unlink', 'remove a link: sessions and tokens end within a second').argument(
      '<link>',
      'id of the link, from: gatehouse people links',
    ),
    cli,
    async (session, { id, userName }, api, _options, link) => {
      await session.sure(`Remove the link of ${userName}? Sessions and tokens end; the person stays.`);
      await api.unlink(id, link);
      session.output.done(`The link of ${userName} is removed.`);
    },
  );
}
