/** `gatehouse audit erase`: takes what the events say of a user, and what is kept since a deletion, out of the records. */
import { createAuditCalls } from '@gatehouse/api-client/auth-api';
import { createDeletedAdministration } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import type { Session } from '../../session.ts';

export function auditEraseCommand(audit: Command, cli: Cli): void {
  audit
    .command('erase')
    .description(
      'erase what the events say of a user, and by the user name what is kept since a deletion; that something happened stays',
    )
    .argument('<user>', 'user name, or sub')
    .action(
      cli.action<object, [string]>(async (session, _options, user) => {
        await session.sure(`Erase what the security events say of ${user}? It cannot be taken back.`);
        const { events, copies } = await createAuditCalls(session.authApi).erase(user);
        const kept = await forgetKept(session, user);
        const also = kept === 0 ? '' : ` What was kept of ${kept} deleted people is erased too.`;
        session.output.done(`Erased from ${events} events and ${copies} copies in Elasticsearch.${also}`, {
          events,
          copies,
          kept,
        });
      }),
    );
}

async function forgetKept({ environmentApi }: Session, userName: string): Promise<number> {
  try {
    return await createDeletedAdministration(environmentApi).forgetPeople(userName);
  } catch (error) {
    // A release before keeps nothing, and has no such route.
    if (error instanceof UpstreamError && error.status === 404) return 0;
    throw error;
  }
}
