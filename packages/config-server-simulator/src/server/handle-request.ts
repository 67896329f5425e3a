/** The list of all requests this server answers. */
import type { ConfMessage } from '@gatehouse/config-server-client/wire/message';
import type { ClientSession } from './client-session.ts';
import { RequestRefused } from './request-refused.ts';
import { readAccount, readOperationalMode, updateAddp } from './requests/link.ts';
import { readHistoryLog, registerNotification, unregisterNotification } from './requests/notifications.ts';
import { authenticate, changePassword } from './requests/passwords.ts';
import { readObjects } from './requests/read-objects.ts';
import { registerClient } from './requests/register-client.ts';
import type { ServerContext } from './server-context.ts';

/** Answers one request completely. Errors: RequestRefused, to be sent as EventError. */
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
      return updateAddp(message.body, answer, session);
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
      return readOperationalMode(answer, context);
    case 'RequestReadAccount':
      return readAccount(answer, session);
    default:
      throw new RequestRefused('Unsupported', `${message.name} is not a request of this server`);
  }
}
