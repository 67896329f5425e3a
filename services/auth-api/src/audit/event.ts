/** The catalogue of security events. Names are part of the product: dashboards and alarms are built on them. */
import type { FieldChanges } from '@gatehouse/service-kit/changes/field-changes';

/** What an event is about (ECS event.category) and what happened to it (event.type). */
export interface EventKind {
  category: readonly string[];
  type: readonly string[];
}

export interface CatalogueEntry {
  /** Completes "is written when …". */
  when: string;
  kind: EventKind;
  /** Members of `fields` and what they say. */
  fields?: Readonly<Record<string, string>>;
}

const start: EventKind = { category: ['authentication', 'session'], type: ['start'] };
const end: EventKind = { category: ['authentication', 'session'], type: ['end'] };
const token: EventKind = { category: ['authentication'], type: ['info'] };
const denied: EventKind = { category: ['authentication'], type: ['denied'] };
const user: EventKind = { category: ['iam'], type: ['user', 'change'] };
const administered = (type: 'creation' | 'change' | 'deletion'): EventKind => ({
  category: ['configuration', 'iam'],
  type: [type],
});

const userName = 'as it was typed, or as the Configuration Server spells it';
const actor = 'who administered: the operator account, or a client id';
const changes = 'each field that differs, before and after; of secrets only that they changed';
const reason = 'why, as a name for programs';
const signingKey = { actor, kid: 'which', algorithm: 'RS256, ES256 or EdDSA' };
const exchange = {
  subjectClient: 'whose token was presented',
  requestedType: 'what was asked for',
  actor: 'who acts, where somebody does',
  actorClient: 'whose token the actor presented',
};

export const auditEvents = {
  login_succeeded: {
    when: 'somebody signed in, by password or through an identity provider',
    kind: start,
    fields: {
      userName,
      method: '`saml` or `oidc`; absent for a password',
      location: 'whose settings were used',
    },
  },
  login_failed: {
    when: 'a sign-in was refused; of single sign-on, and while Environment API is down, of many of one address the first 200 a minute, then their number',
    kind: denied,
    fields: {
      userName,
      reason,
      method: '`saml` or `oidc`; absent for a password',
      detail: 'what the log line says too',
      repeated: 'how many more there were',
    },
  },
  sso_refused: {
    when: 'a message of an identity provider, or a browser that brought one, was refused and belongs to no sign-in under way: an answer that nobody waits for, a logout that proves nothing; of many of one address the first ten a minute, then their number',
    kind: denied,
    fields: {
      operation:
        'which: `samlLogout`, `oidcBackchannelLogout`, `oidcCallback` and others of the API reference',
      reason,
      detail: 'what the log line says too',
      repeated: 'how many more there were',
    },
  },
  login_throttled: {
    when: 'a sign-in had to wait, before any password was checked; of many of one address the first ten a minute, then their number',
    kind: denied,
    fields: { userName, reason, repeated: 'how many more there were, without the user name' },
  },
  logout: {
    when: 'somebody signed out of a browser',
    kind: end,
    fields: { by: 'who asked, when it was not the user', method: '`saml` or `oidc`' },
  },
  global_logout: { when: 'all sessions and tokens of a user were ended', kind: end },
  session_ended: { when: 'one session was ended from the account page or by another sign-in', kind: end },
  logout_notice: {
    when: 'an application was told that a session ended, or could not be told',
    kind: end,
    fields: { attempts: 'how often it was tried', reason },
  },
  password_changed: { when: 'a user changed the password', kind: user, fields: { userName } },
  password_change_failed: {
    when: 'a change of a password was refused',
    kind: user,
    fields: { userName, reason },
  },
  person_cut_off: {
    when: 'tokens and sessions ended because the person was disabled, deleted or given a new password',
    kind: end,
    fields: { environmentId: 'where', reason },
  },
  consent_given: {
    when: 'a user let an application have what it asked for',
    kind: user,
    fields: { scope: 'what' },
  },
  consent_denied: { when: 'a user did not', kind: user, fields: { scope: 'what' } },
  device_approved: { when: 'a user let a device in', kind: start },
  device_denied: { when: 'a user did not', kind: denied },
  code_issued: {
    when: 'an application got an authorization response',
    kind: token,
    fields: { responseType: 'when it was not `code` alone' },
  },
  token_issued: {
    when: 'tokens were given in an authorization response (implicit, hybrid); with GATEHOUSE_AUDIT_TOKENS=all also to a client for itself and for a refresh token',
    kind: token,
    fields: { responseType: 'which', grantType: 'which grant, where it was one', scope: 'what was granted' },
  },
  token_refused: {
    when: 'an exchange or an assertion was refused for what it presented; of many of one address by public clients the first ten a minute, then their number',
    kind: denied,
    fields: {
      grantType: 'which grant',
      ...exchange,
      assertionIssuer: 'who signed it',
      reason,
      repeated: 'how many more there were',
    },
  },
  token_exchanged: { when: 'a token was exchanged for another (RFC 8693)', kind: token, fields: exchange },
  token_revoked: { when: 'a token was revoked (RFC 7009)', kind: token },
  code_reused: { when: 'a code came a second time: its tokens are ended', kind: denied },
  refresh_reused: { when: 'a refresh token came after its successor: the family is ended', kind: denied },
  assertion_accepted: {
    when: 'a token was issued for an assertion (RFC 7523)',
    kind: token,
    fields: {
      assertionIssuer: 'who signed it',
      subjectClient: 'whose converted token it was',
      scope: 'what was granted',
    },
  },
  client_created: {
    when: 'a client was created',
    kind: administered('creation'),
    fields: { actor, changes },
  },
  client_updated: { when: 'a client was changed', kind: administered('change'), fields: { actor, changes } },
  client_deleted: {
    when: 'a client was deleted',
    kind: administered('deletion'),
    fields: { actor, changes },
  },
  client_secret_rotated: {
    when: 'a client got a new secret',
    kind: administered('change'),
    fields: { actor, changes },
  },
  client_authentication_failed: { when: 'a client did not prove itself', kind: denied },
  registration_refused: {
    when: 'somebody wanted to register a client, or to change one, without the right token (RFC 7591, RFC 7592)',
    kind: denied,
  },
  ops_authentication_failed: { when: 'somebody did not prove to be the operator', kind: denied },
  signing_key_created: {
    when: 'a signing key was made',
    kind: administered('creation'),
    fields: signingKey,
  },
  signing_key_imported: {
    when: 'a signing key was imported',
    kind: administered('creation'),
    fields: signingKey,
  },
  signing_key_rotated: {
    when: 'another key began to sign',
    kind: administered('change'),
    fields: signingKey,
  },
  signing_key_retired: {
    when: 'a key stopped signing',
    kind: administered('change'),
    fields: signingKey,
  },
  signing_key_removed: {
    when: 'a key was taken out of the key set',
    kind: administered('deletion'),
    fields: signingKey,
  },
  sso_key_changed: {
    when: 'a key of single sign-on took its next step',
    kind: administered('change'),
    fields: { actor, purpose: 'signing or encryption', step: 'which' },
  },
  personal_data_erased: {
    when: 'what the events say of a user was erased',
    kind: administered('deletion'),
    fields: { actor, events: 'of how many' },
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

/** An event as it travels and is stored. */
export interface RecordedAuditEvent extends AuditEvent {
  /** UUID; storing the same event twice is harmless because of it. */
  id: string;
  atMs: number;
}

/** The part of a PostgreSQL client that writes a row inside somebody's transaction. */
export interface AuditTransaction {
  query(text: string, values: unknown[]): Promise<unknown>;
}

export interface AuditWriter {
  /** Appends to the Redis stream; awaited before the answer, in parallel with other writes. @throws AppError (503) */
  write(event: AuditEvent): Promise<void>;
  /** Writes the row in the transaction of an administrative change: both happen or neither. */
  inTransaction(transaction: AuditTransaction, event: AuditEvent): Promise<void>;
}

/** Who asked, for the audit trail. */
export interface Actor {
  name: string;
  correlationId: string;
  clientAddress: string;
}
