/** Lists the security events. Their names are a public interface: dashboards and alarms use them. */

import { definedOnly } from '@gatehouse/contracts/values';
import type { FieldChanges } from '@gatehouse/service-kit/changes';
import type { Actor } from '../../core/administration/actor.ts';
import { administratorEvents } from './catalogue/administrator-events.ts';
import { approvalEvents } from './catalogue/approval-events.ts';
import { clientEvents } from './catalogue/client-events.ts';
import { consoleLinkEvents } from './catalogue/console-link-events.ts';
import {
  actor,
  administered,
  type CatalogueEntry,
  denied,
  end,
  start,
  token as tokenKind,
  user,
} from './catalogue/event-kinds.ts';
import { factorEvents } from './catalogue/factor-events.ts';
import { keyEvents } from './catalogue/key-events.ts';
import { signalEvents } from './catalogue/signal-events.ts';
import { tokenEvents } from './catalogue/token-events.ts';

const userName = 'as typed, or as the Configuration Server spells it';
const factors = 'further factors of the sign-in: `totp`, `passkey`, `recoveryCode`, `rememberedDevice`';
const administrator = 'the administrator who did it; absent when the user did';
const reason = 'reason code';
const statement = 'why, in the words of the administrator';
export const auditEvents = {
  login_succeeded: {
    when: 'a user signed in, by password or through an identity provider',
    kind: start,
    fields: {
      userName,
      method: '`saml` or `oidc`; absent for a password',
      location: 'location whose settings were used',
      factors,
    },
  },
  session_raised: {
    when: 'a user who was signed in gave a further factor, which an application or an administration asked for',
    kind: start,
    fields: { userName, factors },
  },
  login_failed: {
    when: 'a login was refused. For single sign-on, and while Environment API is down, the first 200 of an address in a minute are written, then their number',
    kind: denied,
    fields: {
      userName,
      reason,
      method: '`saml` or `oidc`; absent for a password',
      detail: 'the same detail as in the log line',
      repeated: 'number of further ones',
    },
  },
  sso_refused: {
    when: 'a message of an identity provider was refused and belongs to no pending login, such as a response that no login waits for or an invalid logout request. The first ten of an address in a minute are written, then their number',
    kind: denied,
    fields: {
      operation:
        'operation id: `samlLogout`, `oidcBackchannelLogout`, `oidcCallback` and others of the API reference',
      reason,
      detail: 'the same detail as in the log line',
      repeated: 'number of further ones',
    },
  },
  sso_tried: {
    when: 'an administrator signed in at an identity provider as a test: nobody got a session by it',
    kind: tokenKind,
    fields: {
      actor,
      method: '`saml` or `oidc`',
      location: 'location whose settings were used',
      userName: 'whom a sign-in would let in',
      reason,
    },
  },
  person_created: {
    when: 'a person signed in at an identity provider for the first time, and was created in the people store by it',
    kind: tokenKind,
    fields: { userName, method: '`saml` or `oidc`', location: 'location whose settings were used' },
  },
  person_updated: {
    when: 'the names, the address or the groups of a person in the people store became what an identity provider said at a sign-in',
    kind: tokenKind,
    fields: {
      userName,
      method: '`saml` or `oidc`',
      location: 'location whose settings were used',
      changed: 'what changed: `firstName`, `lastName`, `email` and `groups`, without their values',
    },
  },
  login_throttled: {
    when: 'a login had to wait, before a password was checked. The first ten of an address in a minute are written, then their number',
    kind: denied,
    fields: { userName, reason, repeated: 'number of further ones, without the user name' },
  },
  logout: {
    when: 'a user signed out in a browser',
    kind: end,
    fields: { by: 'who caused the logout, if not the user', method: '`saml` or `oidc`' },
  },
  global_logout: {
    when: 'all sessions and tokens of a user were revoked',
    kind: end,
    fields: { actor: administrator, userName },
  },
  session_ended: {
    when: 'one session was ended from the account page, by another login or by an administrator',
    kind: end,
    fields: { actor: administrator, userName },
  },
  delays_cleared: {
    when: 'an administrator ended the delays of a person who had typed wrong passwords, or was refused because that was done too often within an hour',
    kind: user,
    fields: { actor, userName, reason, refusals: 'number of wrong passwords that were forgotten' },
  },
  factors_reset: {
    when: 'an administrator took every second factor of a person away; sessions, tokens and remembered browsers ended with them',
    kind: user,
    fields: {
      actor,
      userName,
      statement,
      credentials: 'what was taken away, as OpenID CAEP names it: `app`, `fido2-platform`, `fido2-roaming`',
      passkeys: 'number',
      apps: 'number of apps for one-time codes',
      recoveryCodes: 'number',
      devices: 'number of remembered browsers',
    },
  },
  factor_invitation_made: {
    when: 'an administrator made the code by which a person adds a first factor',
    kind: user,
    fields: { actor, userName, statement },
  },
  remembered_devices_ended: {
    when: 'an administrator ended browsers in which no second factor was asked for',
    kind: user,
    fields: { actor, userName, devices: 'number' },
  },
  many_delays_cleared: {
    when: 'an administrator ended the delays of accounts for the 30th time within an hour, or once more after that',
    kind: user,
    fields: { actor, unlocks: 'how many times within the last hour' },
  },
  access_revoked: {
    when: 'an administrator revoked what a client, a user or a contact centre holds',
    kind: end,
    fields: { actor, userName, kind: '`client`, `user` or `contact-center`' },
  },
  access_inspected: {
    when: 'an administrator looked at what a person or client has, or at why one of them cannot sign in',
    kind: { category: ['iam'], type: ['user', 'info'] },
    fields: {
      actor,
      userName,
      purpose:
        '`sessions`, `revocation`, `sign-in`, `client`, `people`, `person`, `factors`, `memberships` or `export`',
      environmentId: 'whose people were counted, for `memberships`',
    },
  },
  logout_notice: {
    when: 'an application was notified that a session ended, or could not be notified',
    kind: end,
    fields: { attempts: 'number of attempts', reason },
  },
  password_changed: { when: 'a user changed the password', kind: user, fields: { userName } },
  password_change_failed: {
    when: 'a change of a password was refused',
    kind: user,
    fields: { userName, reason },
  },
  first_password_set: {
    when: 'a person of the people store chose a first password by a link',
    kind: user,
    fields: { userName },
  },
  first_password_refused: {
    when: 'a first password was refused. For links that are unknown, used or too old, the first ten of an address in a minute are written, then their number',
    kind: user,
    fields: { userName, reason, repeated: 'number of further ones' },
  },
  person_cut_off: {
    when: 'tokens and sessions were revoked because the person was disabled, deleted or given a new password. It names a contact centre only where the person was known there',
    kind: end,
    fields: { environmentId: 'where', reason },
  },
  consent_given: {
    when: 'a user consented to what an application requested',
    kind: user,
    fields: { scope: 'the scope' },
  },
  consent_revoked: { when: 'a user took the access of an application back', kind: end },
  consent_denied: { when: 'a user refused consent', kind: user, fields: { scope: 'the scope' } },
  authorization_refused: {
    when: 'an application did not get a user who had signed in or answered for it',
    kind: denied,
    fields: { userName, reason, detail: 'the same sentence as in the answer' },
  },
  ...approvalEvents,
  device_approved: { when: 'a user approved a device', kind: start },
  device_denied: { when: 'a user refused a device', kind: denied },
  ...tokenEvents,
  ...clientEvents,
  ...consoleLinkEvents,
  ops_authentication_failed: { when: 'the operator account failed to authenticate', kind: denied },
  ...administratorEvents,
  ...keyEvents,
  ...factorEvents,
  ...signalEvents,
  personal_data_erased: {
    when: 'the personal data of a user was erased from the events',
    kind: administered('deletion'),
    fields: { actor, events: 'number of events' },
  },
} satisfies Record<string, CatalogueEntry>;

export type AuditEventName = keyof typeof auditEvents;

export const auditEventNames = Object.keys(auditEvents) as AuditEventName[];

export interface AuditEvent {
  name: AuditEventName;
  outcome: 'success' | 'failure';
  /** Request id: finds the log lines of the request. */
  correlationId: string;
  sub?: string | undefined;
  clientId?: string | undefined;
  contactCenterId?: string | undefined;
  sid?: string | undefined;
  clientAddress?: string | undefined;
  /** Further facts; never a secret, token, code or password. */
  fields?: Record<string, string | number | boolean | string[] | FieldChanges> | undefined;
}

/** An event in the stream and in the database. */
export interface RecordedAuditEvent extends AuditEvent {
  /** UUID: an event that is stored twice is one row. */
  id: string;
  atMs: number;
}

/** The part of a PostgreSQL client that writes a row in the transaction of the caller. */
export interface AuditTransaction {
  query(text: string, values: unknown[]): Promise<unknown>;
}

export interface AuditWriter {
  /** Appends to the Redis stream; awaited before the answer, in parallel with other writes. @throws AppError (503) */
  write(event: AuditEvent): Promise<void>;
  /** Writes the row in the transaction of an administrative change: both happen or neither. */
  inTransaction(transaction: AuditTransaction, event: AuditEvent): Promise<void>;
}

/** The originator of a change: an actor, or work of this service, which has no address. */
export type Cause = Omit<Actor, 'clientAddress'> & Partial<Pick<Actor, 'clientAddress'>>;

/** Of what is deleted with a contact centre. */
export const deletionOf = (contactCenterId: string): Cause => ({
  name: 'contact centre deleted',
  correlationId: `contact centre ${contactCenterId}`,
});

/** The members of an event that say who made a change. */
export function actorFields(actor: Pick<Actor, 'name' | 'clientId' | 'linkRequest'>): Record<string, string> {
  const { name, clientId, linkRequest } = actor;
  return definedOnly({ actor: name, actorClient: clientId, linkRequest }) as Record<string, string>;
}
