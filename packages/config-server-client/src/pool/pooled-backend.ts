/** Wraps a back end that can be replaced while calls run; the pool returns it. */
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
  type CfgPerson,
  type CfgRole,
  type CfgTenant,
  type ChangePasswordRequest,
  ConfigServerError,
  type FolderFilter,
  type ListOptions,
  type PeopleDirectory,
  type PersonFilter,
  type PersonListener,
  type PersonPage,
  type PersonSearch,
  type RoleFilter,
  type TenantFilter,
} from '@gatehouse/people-directory';
import { type Clock, pause } from '../surroundings/clock.ts';
import type { Logger } from '../surroundings/log.ts';

export class PooledBackend implements PeopleDirectory {
  #target: Target;
  readonly #retired = new Set<Target>();
  readonly #listeners = new Set<PersonListener>();
  readonly #clock: Clock;
  readonly #drainMs: number;
  readonly #log: Logger;
  #lastUsedMs: number;
  #closed = false;

  constructor(
    backend: PeopleDirectory,
    { clock, drainMs, log }: { clock: Clock; drainMs: number; log: Logger },
  ) {
    this.#target = new Target(backend);
    this.#clock = clock;
    this.#drainMs = drainMs;
    this.#log = log;
    this.#lastUsedMs = clock.monotonicMs();
  }

  authenticate(request: AuthenticateRequest, options?: CallOptions): Promise<AuthenticatedUser> {
    return this.#call((backend) => backend.authenticate(request, options));
  }

  changePassword(
    request: ChangePasswordRequest,
    options?: CallOptions,
  ): Promise<{ passwordUpdatingDate: number }> {
    return this.#call((backend) => backend.changePassword(request, options));
  }

  readPersons(filter: PersonFilter, options?: CallOptions): Promise<CfgPerson[]> {
    return this.#call((backend) => backend.readPersons(filter, options));
  }

  readPersonDbids(filter: PersonFilter, options?: ListOptions): Promise<number[]> {
    return this.#call((backend) => backend.readPersonDbids(filter, options));
  }

  searchPersons(search: PersonSearch, options?: CallOptions): Promise<PersonPage> {
    return this.#call((backend) => backend.searchPersons(search, options));
  }

  readAccessGroups(filter: AccessGroupFilter, options?: CallOptions): Promise<CfgAccessGroup[]> {
    return this.#call((backend) => backend.readAccessGroups(filter, options));
  }

  readFolders(filter: FolderFilter, options?: CallOptions): Promise<CfgFolder[]> {
    return this.#call((backend) => backend.readFolders(filter, options));
  }

  readRoles(filter: RoleFilter, options?: ListOptions): Promise<CfgRole[]> {
    return this.#call((backend) => backend.readRoles(filter, options));
  }

  readTenants(filter: TenantFilter, options?: CallOptions): Promise<CfgTenant[]> {
    return this.#call((backend) => backend.readTenants(filter, options));
  }

  neverLocks(options?: CallOptions): Promise<boolean> {
    return this.#call((backend) => backend.neverLocks(options));
  }

  readApplications(filter: ApplicationFilter, options?: CallOptions): Promise<CfgApplication[]> {
    return this.#call((backend) => backend.readApplications(filter, options));
  }

  subscribePersons(listener: PersonListener): () => void {
    this.#listeners.add(listener);
    this.#target.subscribe(listener);
    return () => {
      this.#listeners.delete(listener);
      this.#target.unsubscribe(listener);
    };
  }

  get state(): BackendState {
    return this.#closed ? 'closed' : this.#target.backend.state;
  }

  get stateReason(): string | undefined {
    return this.#closed ? 'closed' : this.#target.backend.stateReason;
  }

  /** Sends new calls to `backend` and closes the old one when its calls end. Subscribers get `resync`. */
  replace(backend: PeopleDirectory): void {
    const old = this.#target;
    this.#target = new Target(backend);
    old.unsubscribeAll();
    for (const listener of this.#listeners) {
      this.#target.subscribe(listener);
      // Changes between the two subscriptions are unknown.
      try {
        listener({ kind: 'resync' });
      } catch (error) {
        this.#log.error({ error, kind: 'resync' }, 'a listener for person changes failed');
      }
    }
    this.#retired.add(old);
    void this.#retire(old);
  }

  /** Milliseconds since the last use; 0 while calls are in flight or listeners are subscribed. */
  idleMs(): number {
    const busy = this.#target.inFlight > 0 || this.#retired.size > 0 || this.#listeners.size > 0;
    return busy ? 0 : this.#clock.monotonicMs() - this.#lastUsedMs;
  }

  /** Refuses new calls, and closes when those in flight have ended. */
  async drainAndClose(): Promise<void> {
    this.#closed = true;
    await this.#drained(this.#target);
    await this.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    this.#target.unsubscribeAll();
    await Promise.all([this.#target, ...this.#retired].map((target) => target.backend.close()));
  }

  async #call<T>(run: (backend: PeopleDirectory) => Promise<T>): Promise<T> {
    if (this.#closed)
      throw new ConfigServerError('ClientClosed', 'the connection to this environment is closed');
    const target = this.#target;
    this.#lastUsedMs = this.#clock.monotonicMs();
    target.inFlight += 1;
    try {
      return await run(target.backend);
    } finally {
      target.inFlight -= 1;
      this.#lastUsedMs = this.#clock.monotonicMs();
      if (target.inFlight === 0) target.onIdle?.();
    }
  }

  async #retire(target: Target): Promise<void> {
    await this.#drained(target);
    await target.backend.close();
    this.#retired.delete(target);
  }

  #drained(target: Target): Promise<void> {
    if (target.inFlight === 0) return Promise.resolve();
    const limit = new AbortController();
    const idle = new Promise<void>((resolve) => {
      target.onIdle = resolve;
    });
    return Promise.race([idle, pause(this.#clock, this.#drainMs, limit.signal)]).finally(() => limit.abort());
  }
}

/** One back end with its calls and subscriptions. */
class Target {
  readonly backend: PeopleDirectory;
  inFlight = 0;
  onIdle: (() => void) | undefined;
  readonly #subscriptions = new Map<PersonListener, () => void>();

  constructor(backend: PeopleDirectory) {
    this.backend = backend;
  }

  subscribe(listener: PersonListener): void {
    this.#subscriptions.set(listener, this.backend.subscribePersons(listener));
  }

  unsubscribe(listener: PersonListener): void {
    this.#subscriptions.get(listener)?.();
    this.#subscriptions.delete(listener);
  }

  unsubscribeAll(): void {
    for (const end of this.#subscriptions.values()) end();
    this.#subscriptions.clear();
  }
}
