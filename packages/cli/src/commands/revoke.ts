/** `gatehouse revoke`: ends what a client, a person or a contact centre holds. */
import { orderRevocation } from '@gatehouse/api-client/auth-api';
import type { RevocationAnswer, RevocationOrder } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { UsageError } from '../failure/failure.ts';
import { contactCenterOf } from '../input/named.ts';
import type { PlaceOption } from '../input/person.ts';
import type { Session } from '../session.ts';

interface RevokeOptions extends PlaceOption {
  client?: string;
  user?: string;
  dryRun?: boolean;
  yes?: boolean;
}

export function revokeCommand(program: Command, cli: Cli): void {
  program
    .command('revoke')
    .description(
      'end what a client, a person or a contact centre holds, within a second; it locks nobody out',
    )
    .option('--client <id>', 'its own tokens, and those that it has of people')
    .option('--user <name>', 'every session and token of a person; a user name, or sub')
    .option('--contact-center <name>', 'every session and token of its people; beside --user: where they are')
    .option('--dry-run', 'only show what would end')
    .action(
      cli.action<RevokeOptions>(async (session, options) => {
        const { dryRun = false, yes = false } = options;
        const order = await orderOf(session, options);
        if (dryRun || !yes) {
          const answer = await orderRevocation(session.authApi, { ...order, dryRun: true });
          if (dryRun) return session.output.text(answer, `${sentenceOf(answer)}\n`);
          session.output.note(sentenceOf(answer));
        }
        await session.sure('Revoke it?');
        const answer = await orderRevocation(session.authApi, { ...order, dryRun: false });
        session.output.done(`Revoked: ${nameOf(answer)}, everything until ${answer.revokedAt}.`, answer);
      }),
    );
}

/** @throws UsageError */
async function orderOf(session: Session, options: RevokeOptions): Promise<Omit<RevocationOrder, 'dryRun'>> {
  const { client, user, contactCenter: place } = options;
  if ((client === undefined) === (user === undefined && place === undefined))
    throw new UsageError('Give either --client, or --user, or --contact-center');
  const contactCenter = place === undefined ? undefined : await contactCenterOf(session, place);
  return definedOnly({ client, user, contactCenter });
}

const kinds = { client: 'client', user: 'person', 'contact-center': 'contact centre' };

function nameOf({ target: { kind, id, name } }: RevocationAnswer): string {
  return `${kinds[kind]} ${name === undefined ? id : `${name} (${id})`}`;
}

function sentenceOf(answer: RevocationAnswer): string {
  const { people = 0, sessions = 0, clients = [], since = '', client } = answer.ends ?? {};
  const counted = `${nameOf(answer)}: ${sessions} sessions end, and the tokens of ${people} people`;
  const named = clients.length === 0 ? '' : ` and of the clients ${clients.join(', ')}`;
  const stays = client === undefined ? '' : ` The ${client.sessions} sessions that it is in go on.`;
  return `${counted}${named}. People were looked for since ${since}.${stays}`;
}
