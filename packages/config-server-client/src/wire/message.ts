/** Lists all messages with number, name and body schema, and checks bodies. */
import type { z } from 'zod';
import * as authentication from './messages/authentication.ts';
import * as objects from './messages/objects.ts';
import * as registration from './messages/registration.ts';

/** Even: request. Odd: its event. From 1 000: unsolicited. Gaps are reserved for later versions. */
export const messageCatalogue = {
  RequestRegisterClient: { id: 2, schema: registration.requestRegisterClientSchema },
  EventClientRegistered: { id: 3, schema: registration.eventClientRegisteredSchema },
  RequestUpdateAddp: { id: 4, schema: registration.addpSchema },
  EventAddpUpdated: { id: 5, schema: registration.addpSchema },
  RequestAuthenticate: { id: 10, schema: authentication.requestAuthenticateSchema },
  EventAuthenticated: { id: 11, schema: authentication.eventAuthenticatedSchema },
  RequestChangePassword: { id: 12, schema: authentication.requestChangePasswordSchema },
  EventPasswordChanged: { id: 13, schema: authentication.eventPasswordChangedSchema },
  RequestReadObjects: { id: 20, schema: objects.requestReadObjectsSchema },
  EventObjectsRead: { id: 21, schema: objects.eventObjectsReadSchema },
  EventObjectsSent: { id: 23, schema: objects.eventObjectsSentSchema },
  RequestRegisterNotification: { id: 32, schema: objects.requestRegisterNotificationSchema },
  EventNotificationRegistered: { id: 33, schema: objects.eventNotificationRegisteredSchema },
  RequestUnregisterNotification: { id: 34, schema: objects.requestUnregisterNotificationSchema },
  EventNotificationUnregistered: { id: 35, schema: objects.eventNotificationUnregisteredSchema },
  RequestHistoryLog: { id: 36, schema: objects.requestHistoryLogSchema },
  EventHistoryLog: { id: 37, schema: objects.eventHistoryLogSchema },
  EventHistoryLogSent: { id: 39, schema: objects.eventHistoryLogSentSchema },
  RequestReadOperationalMode: { id: 40, schema: registration.requestReadOperationalModeSchema },
  EventOperationalModeRead: { id: 41, schema: registration.eventOperationalModeSchema },
  RequestReadAccount: { id: 42, schema: registration.requestReadAccountSchema },
  EventAccountRead: { id: 43, schema: registration.eventAccountReadSchema },
  EventError: { id: 99, schema: objects.eventErrorSchema },
  EventObjectCreated: { id: 1001, schema: objects.eventObjectCreatedSchema },
  EventObjectUpdated: { id: 1003, schema: objects.eventObjectUpdatedSchema },
  EventObjectDeleted: { id: 1005, schema: objects.eventObjectDeletedSchema },
  EventOperationalModeChanged: { id: 1007, schema: registration.eventOperationalModeSchema },
  EventServerSwitchover: { id: 1009, schema: registration.eventServerSwitchoverSchema },
} as const;

export type MessageName = keyof typeof messageCatalogue;

export type MessageBody<Name extends MessageName> = z.output<(typeof messageCatalogue)[Name]['schema']>;

/** A typed message; the union over all names when none is given. */
export type ConfMessage<Name extends MessageName = MessageName> = {
  [Each in Name]: { name: Each; body: MessageBody<Each> };
}[Name];

const namesById = new Map<number, MessageName>(
  (Object.keys(messageCatalogue) as MessageName[]).map((name) => [messageCatalogue[name].id, name]),
);

export function messageNameOf(id: number): MessageName | undefined {
  return namesById.get(id);
}

const maxPathLength = 100;

/** Checks a decoded body. Drops unknown fields, so that later versions may add some. */
export function parseMessage(
  name: MessageName,
  body: unknown,
): { message: ConfMessage } | { problem: string } {
  // The schemas would take a byte string for a map without members.
  if (body instanceof Uint8Array) return { problem: `${name}: not a map` };
  const result = messageCatalogue[name].schema.safeParse(body);
  if (result.success) return { message: { name, body: result.data } as ConfMessage };
  const issue = result.error.issues[0];
  // Names the path and the kind of mistake only: the value may be a password, and keys of a filter come from the peer.
  const path = issue?.path.join('.').slice(0, maxPathLength) ?? '';
  return { problem: `${name}: ${path} ${issue?.code ?? 'invalid'}` };
}
