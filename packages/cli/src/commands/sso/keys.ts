/** `gatehouse sso list-keys`, `prepare-key`, `activate-key`: our keys towards identity providers. */
import { createSsoKeyAdministration } from '@gatehouse/api-client/auth-api';
import type { SsoKeyPurpose, SsoKeyView } from '@gatehouse/contracts/auth-administration';
import { Argument, type Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import type { Session } from '../../session.ts';
import { ifMatch } from '../if-match.ts';

export function keyCommands(sso: Command, cli: Cli): void {
  const api = (session: Session) => createSsoKeyAdministration(session.authApi);
  const purpose = () => new Argument('<purpose>', 'what the key is for').choices(['signing', 'encryption']);

  sso
    .command('list-keys')
    .description('our keys towards identity providers: in use, next, and former ones')
    .action(cli.action(async (session) => show(session, await api(session).list())));

  sso
    .command('prepare-key')
    .description('make the next key: identity providers find it in our metadata, and nothing uses it yet')
    .addArgument(purpose())
    .action(
      cli.action<object, [SsoKeyPurpose]>(async (session, _options, chosen) =>
        show(session, await api(session).prepare(chosen)),
      ),
    );

  sso
    .command('activate-key')
    .description(
      'use the next key from now on: identity providers must have read our metadata since it was made',
    )
    .addArgument(purpose())
    .action(
      cli.action<object, [SsoKeyPurpose]>(async (session, _options, chosen) => {
        // Before the confirmation: what the person confirms is done, or nothing.
        const { etag } = await api(session).listTagged();
        await session.sure(`Use the next ${chosen} key? An identity provider with old metadata refuses it.`);
        show(session, await createSsoKeyAdministration(ifMatch(session.authApi, etag)).activate(chosen));
      }),
    );
}

function show(session: Session, keys: SsoKeyView[]): void {
  session.output.rows(
    keys,
    { purpose: 'purpose', state: 'state', 'key id': 'id', ends: 'notAfter' },
    'There are no keys.',
  );
}
