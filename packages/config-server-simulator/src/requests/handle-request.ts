/** Answers each request of the protocol, or passes it to its handler. */

import type { ConfMessage } from '@gatehouse/config-server-client/wire';
import { CfgObjectType } from '@gatehouse/people-directory';
import type { ClientSession } from '../connections/client-session.ts';
import { RequestRefused } from '../objects/request-refused.ts';
import { readHistoryLog, registerNotification, unregisterNotification } from './notifications.ts';
import { authenticate, changePassword } from './passwords.ts';
import { readObjects } from './read-objects.ts';
import { registerClient } from './register-client.ts';
import type { ServerContext } from './server-context.ts';

/** Answers one request completely. @throws RequestRefused to be sent as EventError */
export async function handleRequest(
  message: ConfMessage,
  refId: number,
  session: ClientSession,
  context: ServerContext,
): Promise<void> {
  const answer = (event: ConfMessage) => session.send(event, refId);
  switch (message.name) {
    case 'RequestRegisterClient':
      return registerClient(message.body, answer, session, context);
    case 'RequestUpdateAddp':
      session.watch(message.body);
      return answer({ name: 'EventAddpUpdated', body: message.body });
    case 'RequestAuthenticate':
      return authenticate(message.body, answer, context);
    case 'RequestChangePassword':
      return changePassword(message.body, answer, context);
    case 'RequestReadObjects':
      return readObjects(message.body, answer, session, context);
    case 'RequestRegisterNotification':
      return registerNotification(message.body, answer, session, context);
    case 'RequestUnregisterNotification':
      return unregisterNotification(message.body, answer, session);
    case 'RequestHistoryLog':
      return readHistoryLog(message.body, answer, session, context);
    case 'RequestReadOperationalMode':
      return answer({
        name: 'EventOperationalModeRead',
        body: { operationalMode: context.state.operationalMode },
      });
    case 'RequestReadAccount':
      if (session.identity === undefined)
        throw new RequestRefused('NotRegistered', 'the session is not registered');
      return answer({
        name: 'EventAccountRead',
        body: { ...session.identity, accountType: CfgObjectType.person },
      });
    default:
      throw new RequestRefused('Unsupported', `${message.name} is not a request of this server`);
  }
}
