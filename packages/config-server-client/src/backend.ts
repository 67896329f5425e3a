/** The semantic seam: what Gatehouse asks of a Configuration Server, whatever speaks to it underneath. */
import type { AccessGroupFilter, CfgAccessGroup } from './model/access-group.ts';
import type { CfgPerson, PersonFilter } from './model/person.ts';
import type { CfgRole, RoleFilter } from './model/role.ts';
import type { CfgTenant, TenantFilter } from './model/tenant.ts';

/**
 * Every method rejects with a ConfigServerError (`./errors`) and with nothing else.
 * Implementations: the client (`./client`), a pool entry (`./pool`), the memory back end (`./memory-backend`).
 */
export interface ConfigurationBackend {
  /**
   * Checks a user's password. Never repeated once it was sent, because a second wrong try would count towards lock-out.
   * Errors: AuthenticationFailed (unknown user, wrong password, disabled: indistinguishable), AccountLocked,
   * AccountExpired, PasswordExpired, TooManySessions; OutcomeUnknown when the link broke after sending.
   */
  authenticate(request: AuthenticateRequest, options?: CallOptions): Promise<AuthenticatedUser>;

  /** Errors: AuthenticationFailed, PasswordPolicyViolation (`details.rules`), AccountLocked, ReadOnly, OutcomeUnknown. */
  changePassword(
    request: ChangePasswordRequest,
    options?: CallOptions,
  ): Promise<{ passwordUpdatingDate: number }>;

  /** Zero objects means not found. */
  readPersons(filter: PersonFilter, options?: CallOptions): Promise<CfgPerson[]>;
  readAccessGroups(filter: AccessGroupFilter, options?: CallOptions): Promise<CfgAccessGroup[]>;
  /** A server that keeps no roles answers Unsupported. */
  readRoles(filter: RoleFilter, options?: CallOptions): Promise<CfgRole[]>;
  readTenants(filter: TenantFilter, options?: CallOptions): Promise<CfgTenant[]>;

  /** Person changes in order of `historyId`; returns the function that ends the subscription. A throwing listener is logged. */
  subscribePersons(listener: PersonListener): () => void;

  readonly state: BackendState;
  /** Why the state is not `open`, in plain words. */
  readonly stateReason: string | undefined;

  /** Settles every pending call with ClientClosed. Idempotent. */
  close(): Promise<void>;
}

/** `connecting`: first attempts; `down`: no server for longer than the fail-fast time, calls fail at once. */
export type BackendState = 'connecting' | 'open' | 'down' | 'closed';

export interface CallOptions {
  signal?: AbortSignal;
  /** Milliseconds from the call to its latest end. Default: 5 000 authenticate, 10 000 change, 60 000 read. */
  deadlineMs?: number;
}

export interface AuthenticateRequest {
  /** Compared case-insensitively by the server, unique over all tenants. */
  userName: string;
  password: string;
  /** When given, a user of another tenant fails like an unknown user. */
  tenantDbid?: number;
  /** For the server's records only. */
  clientAddress?: string;
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

/** `resync`: changes were missed; everything kept about persons must be read again. */
export type PersonChange =
  | { kind: 'created'; dbid: number; person: CfgPerson; historyId: number }
  | { kind: 'updated'; dbid: number; delta: PersonDelta; historyId: number }
  | { kind: 'deleted'; dbid: number; historyId: number }
  | { kind: 'resync' };

/**
 * Only what changed: scalars in `set`, lists as entries that came and went. `passwordChanged` is true when the password
 * did; the password itself never travels.
 */
export interface PersonDelta {
  set: Partial<Omit<CfgPerson, 'DBID'>>;
  added?: Record<string, unknown[]>;
  deleted?: Record<string, unknown[]>;
  passwordChanged: boolean;
}
