/** Describes a request for the log: names and numbers, never a password. */
import type { ConfMessage } from '@gatehouse/config-server-client/wire';
import { maxFilterTerms } from '../objects/filters.ts';
import { objectTypeNames } from '../objects/stored-object.ts';

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
        // A request with thousands of terms is refused, and must not write a line of a megabyte.
        filter: Object.fromEntries(Object.entries(message.body.filter).slice(0, maxFilterTerms)),
      };
    case 'RequestRegisterNotification':
      return {
        request: message.name,
        objectTypes: [
          ...new Set(
            message.body.subscriptions.map(({ objectType }) => objectTypeNames[objectType] ?? objectType),
          ),
        ],
      };
    default:
      return { request: message.name };
  }
}
