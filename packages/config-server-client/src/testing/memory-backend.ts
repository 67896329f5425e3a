/** Implements the back end in memory, for unit tests of code that uses a back end. */
import {
  type AccessGroupFilter,
  type ApplicationFilter,
  type AuthenticatedUser,
  type AuthenticateRequest,
  type BackendState,
  type CallOptions,
  type CfgAccessGroup,
  type CfgApplication,
  type CfgFolder,
  CfgObjectState,
  type CfgPerson,
  type CfgRole,
  type CfgTenant,
  type ChangePasswordRequest,
  ConfigServerError,
  flagIsSet,
  foldUserName,
  type ListOptions,
  type PeopleDirectory,
  type PersonChange,
  type PersonFilter,
  type PersonListener,
  type PersonPage,
  type PersonSearch,
  type RoleFilter,
  type TenantFilter,
} from '@gatehouse/people-directory';
import { searchPersons } from '../client/search-persons.ts';
import { accessGroupMatches, matches, personMatches, roleMatches } from './memory-filters.ts';

export interface MemoryPerson extends CfgPerson {
  /** In plain text. */
  password: string;
}

export interface InMemoryBackendOptions {
  persons?: MemoryPerson[];
  accessGroups?: CfgAccessGroup[];
  roles?: CfgRole[];
  tenants?: CfgTenant[];
  applications?: CfgApplication[];
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/**
 * Holds persons, access groups, roles and tenants in memory. `failWith(error)` makes every following call fail until
 * `failWith(undefined)`; `emit(change)` reaches the subscribers; `calls` counts what was asked.
 */
export class InMemoryBackend implements PeopleDirectory {
  readonly calls = {
    authenticate: 0,
    changePassword: 0,
    readPersons: 0,
    readAccessGroups: 0,
    readRoles: 0,
    readTenants: 0,
    readApplications: 0,
  };
  readonly #persons: MemoryPerson[];
  readonly #accessGroups: CfgAccessGroup[];
  readonly #roles: CfgRole[];
  readonly #tenants: CfgTenant[];
  readonly #applications: CfgApplication[];
  readonly #now: () => number;
  readonly #listeners = new Set<PersonListener>();
  #failure: ConfigServerError | undefined;
  #closed = false;

  constructor(options: InMemoryBackendOptions = {}) {
    this.#persons = structuredClone(options.persons ?? []);
    this.#accessGroups = structuredClone(options.accessGroups ?? []);
    this.#roles = structuredClone(options.roles ?? []);
    this.#tenants = structuredClone(options.tenants ?? []);
    this.#applications = structuredClone(options.applications ?? []);
    this.#now = options.now ?? Date.now;
  }

  async authenticate(request: AuthenticateRequest, options?: CallOptions): Promise<AuthenticatedUser> {
    this.calls.authenticate += 1;
    this.#enter(options);
    const person = this.#verify(request.userName, request.password);
    if (request.tenantDbid !== undefined && person.tenantDBID !== request.tenantDbid) throw refused();
    return {
      userDbid: person.DBID,
      tenantDbid: person.tenantDBID,
      userName: person.userName,
      changePasswordRequired: flagIsSet(person.changePasswordOnNextLogin),
    };
  }

  async changePassword(
    request: ChangePasswordRequest,
    options?: CallOptions,
  ): Promise<{ passwordUpdatingDate: number }> {
    this.calls.changePassword += 1;
    this.#enter(options);
    const person = this.#verify(request.userName, request.oldPassword);
    person.password = request.newPassword;
    person.changePasswordOnNextLogin = 1;
    person.PasswordUpdatingDate = Math.floor(this.#now() / 1000);
    return { passwordUpdatingDate: person.PasswordUpdatingDate };
  }

  async readPersons(filter: PersonFilter, options?: CallOptions): Promise<CfgPerson[]> {
    this.calls.readPersons += 1;
    this.#enter(options);
    return this.#persons.filter((person) => personMatches(person, filter)).map(withoutPassword);
  }

  async readPersonDbids(filter: PersonFilter, options?: ListOptions): Promise<number[]> {
    return (await this.readPersons(filter, options)).slice(0, options?.maxObjects).map(({ DBID }) => DBID);
  }

  async searchPersons(search: PersonSearch, options?: CallOptions): Promise<PersonPage> {
    return searchPersons((filter) => this.readPersons(filter, options), search);
  }

  async readAccessGroups(filter: AccessGroupFilter, options?: CallOptions): Promise<CfgAccessGroup[]> {
    this.calls.readAccessGroups += 1;
    this.#enter(options);
    return structuredClone(this.#accessGroups.filter((group) => accessGroupMatches(group, filter)));
  }

  async readFolders(): Promise<CfgFolder[]> {
    throw new ConfigServerError('Unsupported', 'there are no folders here');
  }

  async readRoles(filter: RoleFilter, options?: ListOptions): Promise<CfgRole[]> {
    this.calls.readRoles += 1;
    this.#enter(options);
    const found = this.#roles.filter((role) => roleMatches(role, filter));
    return structuredClone(found.slice(0, options?.maxObjects));
  }

  async readTenants(filter: TenantFilter, options?: CallOptions): Promise<CfgTenant[]> {
    this.calls.readTenants += 1;
    this.#enter(options);
    return structuredClone(
      this.#tenants.filter(
        (tenant) =>
          matches(tenant.DBID, filter.dbid) &&
          matches(tenant.name, filter.name) &&
          matches(tenant.state, filter.state),
      ),
    );
  }

  async readApplications(filter: ApplicationFilter, options?: CallOptions): Promise<CfgApplication[]> {
    this.calls.readApplications += 1;
    this.#enter(options);
    return structuredClone(
      this.#applications.filter(({ DBID, name }) => matches(DBID, filter.dbid) && matches(name, filter.name)),
    );
  }

  async neverLocks(): Promise<boolean> {
    return false;
  }

  subscribePersons(listener: PersonListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  get state(): BackendState {
    if (this.#closed) return 'closed';
    return this.#failure === undefined ? 'open' : 'down';
  }

  get stateReason(): string | undefined {
    return this.#closed ? 'closed' : this.#failure?.message;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
  }

  failWith(error: ConfigServerError | undefined): void {
    this.#failure = error;
  }

  emit(change: PersonChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Adds the person, or replaces the one with the same DBID. */
  putPerson(person: MemoryPerson): void {
    this.removePerson(person.DBID);
    this.#persons.push(structuredClone(person));
  }

  removePerson(dbid: number): void {
    const index = this.#persons.findIndex((person) => person.DBID === dbid);
    if (index !== -1) this.#persons.splice(index, 1);
  }

  #enter(options: CallOptions | undefined): void {
    if (this.#closed) throw new ConfigServerError('ClientClosed', 'the back end is closed');
    if (options?.signal?.aborted) throw new ConfigServerError('Aborted', 'the call was aborted');
    if (this.#failure !== undefined) throw this.#failure;
  }

  #verify(userName: string, password: string): MemoryPerson {
    const key = foldUserName(userName);
    const person = this.#persons.find((candidate) => foldUserName(candidate.userName) === key);
    if (person === undefined || person.state !== CfgObjectState.enabled || person.password !== password) {
      throw refused();
    }
    return person;
  }
}

function refused(): ConfigServerError {
  return new ConfigServerError('AuthenticationFailed', 'user name or password is wrong', { sent: true });
}

function withoutPassword(person: MemoryPerson): CfgPerson {
  const { password: _, ...visible } = person;
  return structuredClone(visible) as CfgPerson;
}
