/** Lists one example of every message, for the golden vectors in docs/vectors. */
import type { ConfMessage, MessageName } from '../../src/wire/message.ts';

const addp = { localTimeout: 20, remoteTimeout: 20, traceMode: 'off' as const };
const person = {
  DBID: 101,
  tenantDBID: 101,
  userName: 'agent',
  employeeID: 'E-101',
  isAgent: 2,
  state: 1,
  userProperties: [['security-authentication-rules', [['override-password-expiration', 'true']]]],
};
const delta = {
  set: { emailAddress: '', lastName: null },
  added: { appRanks: [{ appType: 19, appRank: 1 }] },
};

/** Reference id 0 for unsolicited messages, else 7. */
export const vectorMessages: { [Name in MessageName]: { refId: number; message: ConfMessage<Name> } } = {
  RequestRegisterClient: request('RequestRegisterClient', {
    protocolVersions: [1],
    clientName: 'gatehouse',
    clientApplicationType: 107,
    userName: 'gatehouse',
    userPassword: 'demo-service-password',
    host: 'auth-api-0',
    pid: 4711,
    encoding: 'utf-8',
    addp,
  }),
  EventClientRegistered: request('EventClientRegistered', {
    sessionId: '6f1f6c2e-6f0c-4d3a-9b1c-0d6a3c1b2a10',
    serverName: 'confserv',
    serverVersion: '1.0.0',
    protocolVersion: 1,
    serverRole: 'primary',
    serverEpoch: 3,
    operationalMode: 1,
    encoding: 'utf-8',
    schemaVersion: '1',
    applicationDbid: 101,
    accountDbid: 100,
    accountType: 3,
    tenantDbid: 1,
    addp,
    limits: { maxFrame: 1_048_576, maxInFlight: 64, pageObjects: 100, pageBytes: 262_144 },
    historyId: 4_294_967_297,
    historyLog: '0b7d3c52-9a0e-4b5e-8f53-1c6f0a6f1d11',
    resumed: false,
    lastLogin: 1_790_000_000,
  }),
  RequestUpdateAddp: request('RequestUpdateAddp', { ...addp, localTimeout: 0.5 }),
  EventAddpUpdated: request('EventAddpUpdated', { ...addp, localTimeout: 0.5 }),
  RequestAuthenticate: request('RequestAuthenticate', {
    userName: 'Zoë 🦊',
    userPassword: 'e\u0301\u0000é',
    tenantDbid: 101,
    clientAddress: '192.0.2.7',
  }),
  EventAuthenticated: request('EventAuthenticated', {
    userDbid: 101,
    tenantDbid: 101,
    userName: 'agent',
    changePasswordRequired: false,
    passwordExpiresInDays: 3,
    lastLogin: 1_790_000_000,
    sessions: 0,
  }),
  RequestChangePassword: request('RequestChangePassword', {
    userName: 'agent',
    oldPassword: 'old',
    newPassword: 'new',
  }),
  EventPasswordChanged: request('EventPasswordChanged', { passwordUpdatingDate: 1_790_000_000 }),
  RequestReadObjects: request('RequestReadObjects', {
    objectType: 3,
    filter: { user_name: 'agent', tenant_dbid: 101 },
    fields: ['userName', 'state'],
    maxObjects: 10,
  }),
  EventObjectsRead: request('EventObjectsRead', { objectType: 3, objects: [person] }),
  EventObjectsSent: request('EventObjectsSent', { total: 1, historyId: 17, truncated: false }),
  RequestRegisterNotification: request('RequestRegisterNotification', {
    subscriptions: [{ objectType: 3 }, { objectType: 21, tenantDbid: 101 }, { objectType: 7, dbid: 101 }],
  }),
  EventNotificationRegistered: request('EventNotificationRegistered', { historyId: 17 }),
  RequestUnregisterNotification: request('RequestUnregisterNotification', {
    subscriptions: [{ objectType: 3 }],
  }),
  EventNotificationUnregistered: request('EventNotificationUnregistered', {}),
  RequestHistoryLog: request('RequestHistoryLog', {
    historyLog: '0b7d3c52-9a0e-4b5e-8f53-1c6f0a6f1d11',
    sinceHistoryId: 17,
  }),
  EventHistoryLog: request('EventHistoryLog', {
    changes: [
      { kind: 'created', objectType: 3, dbid: 101, object: person, historyId: 18 },
      { kind: 'updated', objectType: 3, dbid: 101, delta, historyId: 19 },
      { kind: 'deleted', objectType: 3, dbid: 101, historyId: 20 },
    ],
  }),
  EventHistoryLogSent: request('EventHistoryLogSent', { historyId: 20 }),
  RequestReadOperationalMode: request('RequestReadOperationalMode', {}),
  EventOperationalModeRead: request('EventOperationalModeRead', { operationalMode: 1 }),
  RequestReadAccount: request('RequestReadAccount', {}),
  EventAccountRead: request('EventAccountRead', {
    applicationDbid: 101,
    applicationName: 'gatehouse',
    accountDbid: 100,
    accountType: 3,
    userName: 'gatehouse',
    tenantDbid: 1,
  }),
  EventError: request('EventError', {
    error: 'PasswordPolicyViolation',
    objectType: 3,
    objectProperty: 'password',
    description: 'the new password breaks the password rules',
    retryable: false,
    details: { rules: ['min-length'] },
  }),
  EventObjectCreated: unsolicited('EventObjectCreated', {
    objectType: 3,
    dbid: 101,
    object: person,
    historyId: 18,
  }),
  EventObjectUpdated: unsolicited('EventObjectUpdated', {
    objectType: 3,
    dbid: 101,
    delta: { set: {}, passwordChanged: true },
    historyId: 19,
  }),
  EventObjectDeleted: unsolicited('EventObjectDeleted', { objectType: 3, dbid: 101, historyId: 20 }),
  EventOperationalModeChanged: unsolicited('EventOperationalModeChanged', { operationalMode: 2 }),
  EventServerSwitchover: unsolicited('EventServerSwitchover', { graceMs: 5_000 }),
};

function request<Name extends MessageName>(name: Name, body: ConfMessage<Name>['body']) {
  return { refId: 7, message: { name, body } as ConfMessage<Name> };
}

function unsolicited<Name extends MessageName>(name: Name, body: ConfMessage<Name>['body']) {
  return { refId: 0, message: { name, body } as ConfMessage<Name> };
}
