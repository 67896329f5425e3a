/** Defines what Gatehouse asks of a source of people, independent of protocol and connection. */
import type { AccessGroupFilter, CfgAccessGroup } from './model/access-group.ts';
import type { ApplicationFilter, CfgApplication } from './model/application.ts';
import type { CfgFolder, FolderFilter } from './model/folder.ts';
import type { CfgPerson, PersonFilter } from './model/person.ts';
import type { PersonPage, PersonSearch } from './model/person-search.ts';
import type { CfgRole, RoleFilter } from './model/role.ts';
import type { CfgTenant, TenantFilter } from './model/tenant.ts';

/** Every method rejects with a ConfigServerError (`errors.ts`) and with nothing else. Every source of people implements it. */
export interface PeopleDirectory {
  /**
   * Verifies a password. Never repeated after it was sent: a second wrong try would count towards the lock of the account.
   * Errors: AuthenticationFailed (unknown user, wrong password, disabled: indistinguishable), AccountLocked,
   * AccountExpired, PasswordExpired, TooManySessions; OutcomeUnknown when the link broke after sending.
   */
  authenticate(request: AuthenticateRequest, options?: CallOptions): Promise<AuthenticatedUser>;

  /** Errors: AuthenticationFailed, PasswordPolicyViolation (`details.rules`), AccountLocked, ReadOnly, OutcomeUnknown. */
  changePassword(
    request: ChangePasswordRequest,
    options?: CallOptions,
  ): Promise<{ passwordUpdatingDate: number }>;

  /** An empty list means not found. */
  readPersons(filter: PersonFilter, options?: CallOptions): Promise<CfgPerson[]>;
  /** For long lists, which would take much memory as whole persons. */
  readPersonDbids(filter: PersonFilter, options?: ListOptions): Promise<number[]>;
  /** For administrators who look for somebody; logins read by whole names. */
  searchPersons(search: PersonSearch, options?: CallOptions): Promise<PersonPage>;
  readAccessGroups(filter: AccessGroupFilter, options?: CallOptions): Promise<CfgAccessGroup[]>;
  /** Without what they hold. Errors: Unsupported from a server without folders, InvalidFilter from one that does not tell whom they hold. */
  readFolders(filter: FolderFilter, options?: CallOptions): Promise<CfgFolder[]>;
  /** Errors: Unsupported from a server without roles. */
  readRoles(filter: RoleFilter, options?: ListOptions): Promise<CfgRole[]>;
  readTenants(filter: TenantFilter, options?: CallOptions): Promise<CfgTenant[]>;
  /** Whether it is sure that wrong passwords never lock an account. A Configuration Server shows its rule in its tenants. */
  neverLocks(options?: CallOptions): Promise<boolean>;
  /** Only number and name. */
  readApplications(filter: ApplicationFilter, options?: CallOptions): Promise<CfgApplication[]>;

  /** Reports person changes in order of `historyId`. Returns the function that ends the subscription. Logs a listener that throws. */
  subscribePersons(listener: PersonListener): () => void;

  readonly state: BackendState;
  /** Why the state is not `open`, in plain words. */
  readonly stateReason: string | undefined;

  /** Settles every pending call with ClientClosed. Idempotent. */
  close(): Promise<void>;
}

/** `connecting`: calls wait for a server. `down`: there was none for the fail-fast time, calls fail at once. */
export type BackendState = 'connecting' | 'open' | 'down' | 'closed';

export interface CallOptions {
  signal?: AbortSignal;
  /** Milliseconds after which the call fails. Default: 5 000 authenticate, 10 000 change, 60 000 read. */
  deadlineMs?: number;
}

export interface ListOptions extends CallOptions {
  /** The server leaves out the objects beyond this number. */
  maxObjects?: number;
}

export interface AuthenticateRequest {
  /** The server compares it without regard to case; it is unique over all tenants. */
  userName: string;
  password: string;
  /** When given, a user of another tenant fails as an unknown user does. */
  tenantDbid?: number;
  /** For the server's records only. */
  clientAddress?: string;
  /**
   * Called before the password is sent, where the server finds an account by several names: with the one under which it has the
   * account. If it rejects, the password is not sent, and the call fails with Aborted, for that cause.
   */
  onAccount?(userName: string): Promise<void>;
}

export interface AuthenticatedUser {
  userDbid: number;
  tenantDbid: number;
  /** As the server spells it. */
  userName: string;
  changePasswordRequired: boolean;
  passwordExpiresInDays?: number | undefined;
  /** Unix seconds of the login before this one. */
  lastLogin?: number | undefined;
}

export interface ChangePasswordRequest {
  userName: string;
  oldPassword: string;
  newPassword: string;
}

export type PersonListener = (change: PersonChange) => void;

/** `resync`: changes were missed, so everything kept about persons must be read again. */
export type PersonChange =
  | { kind: 'created'; dbid: number; person: CfgPerson; historyId: number }
  | { kind: 'updated'; dbid: number; delta: PersonDelta; historyId: number }
  | { kind: 'deleted'; dbid: number; historyId: number }
  | { kind: 'resync' };

/**
 * Holds only what changed: scalars in `set`, entries of lists in `added` and `deleted`. The password itself is never
 * sent.
 */
export interface PersonDelta {
  set: Partial<Omit<CfgPerson, 'DBID'>>;
  added?: Record<string, unknown[]>;
  deleted?: Record<string, unknown[]>;
  passwordChanged: boolean;
}
