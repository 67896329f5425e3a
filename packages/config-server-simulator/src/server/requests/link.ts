/** Requests about the link itself: keep-alive, mode, account. */
import { CfgObjectType } from '@gatehouse/config-server-client/model/enumerations';
import type { ConfMessage, MessageBody } from '@gatehouse/config-server-client/wire/message';
import type { ClientSession } from '../client-session.ts';
import { RequestRefused } from '../request-refused.ts';
import type { ServerContext } from '../server-context.ts';

export function updateAddp(
  request: MessageBody<'RequestUpdateAddp'>,
  answer: (event: ConfMessage) => void,
  session: ClientSession,
): void {
  session.watch(request);
  answer({ name: 'EventAddpUpdated', body: request });
}

export function readOperationalMode(answer: (event: ConfMessage) => void, { state }: ServerContext): void {
  answer({ name: 'EventOperationalModeRead', body: { operationalMode: state.operationalMode } });
}

export function readAccount(answer: (event: ConfMessage) => void, session: ClientSession): void {
  if (session.identity === undefined)
    throw new RequestRefused('NotRegistered', 'the session is not registered');
  answer({ name: 'EventAccountRead', body: { ...session.identity, accountType: CfgObjectType.person } });
}
