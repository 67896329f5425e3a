/** What the log may say of a request: names and numbers, never a password. */
import type { ConfMessage } from '@gatehouse/config-server-client/wire/message';
import { objectTypeNames } from '../store/stored-object.ts';

export function describeRequest(message: ConfMessage): Record<string, unknown> {
  switch (message.name) {
    case 'RequestRegisterClient':
      return { request: message.name, application: message.body.clientName, userName: message.body.userName };
    case 'RequestAuthenticate':
    case 'RequestChangePassword':
      return { request: message.name, userName: message.body.userName };
    case 'RequestReadObjects':
      return {
        request: message.name,
        objectType: objectTypeNames[message.body.objectType] ?? message.body.objectType,
        filter: message.body.filter,
      };
    case 'RequestRegisterNotification':
      return {
        request: message.name,
        objectTypes: message.body.subscriptions.map(
          ({ objectType }) => objectTypeNames[objectType] ?? objectType,
        ),
      };
    default:
      return { request: message.name };
  }
}
