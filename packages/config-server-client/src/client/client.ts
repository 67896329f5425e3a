/** Implements the back end over the open protocol, by TCP or TLS, with warm standby. */
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
  CfgObjectType,
  type CfgPerson,
  type CfgRole,
  type CfgTenant,
  type ChangePasswordRequest,
  cfgAccessGroupSchema,
  cfgApplicationSchema,
  cfgFolderSchema,
  cfgPersonSchema,
  cfgRoleSchema,
  cfgTenantSchema,
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
import { PersonFeed } from '../changes/person-feed.ts';
import {
  type AddpOptions,
  type ConfigServerClientOptions,
  defaultAddp,
  defaultStandby,
} from '../client-options.ts';
import { expectObjects, expectOne } from '../connection/answers.ts';
import { tracesOnClient } from '../connection/open-connection.ts';
import type { EndpointSource } from '../discovery/endpoint-source.ts';
import { type Clock, systemClock } from '../surroundings/clock.ts';
import { silentLogger } from '../surroundings/log.ts';
import { type CallRunner, createCallRunner, deadlinesMs } from './call.ts';
import { foundPersonFields, foundPersonSchema, searchPersons } from './search-persons.ts';
import { createServerLinks } from './server-links.ts';

const dbidSchema = cfgPersonSchema.pick({ DBID: true }).strip();

export type ConfigServerClient = ReturnType<typeof createConfigServerClient>;

/** Connects in the background; calls wait for the first connection within the fail-fast time. */
export function createConfigServerClient(options: ConfigServerClientOptions) {
  return new Client(options);
}

class Client implements PeopleDirectory {
  readonly #clock: Clock;
  readonly #feed: PersonFeed;
  readonly #links: ReturnType<typeof createServerLinks>;
  readonly #run: CallRunner;
  readonly #sources: readonly EndpointSource[];
  #addp: AddpOptions;

  constructor(options: ConfigServerClientOptions) {
    const { clock = systemClock, log = silentLogger, random = Math.random, metrics = {} } = options;
    const { resyncSpreadMs } = { ...defaultStandby, ...options.standby };
    const { endpoints, writeEndpoints } = options;
    this.#clock = clock;
    this.#sources = writeEndpoints === undefined ? [endpoints] : [endpoints, writeEndpoints];
    this.#addp = options.addp ?? defaultAddp;
    this.#feed = new PersonFeed({ clock, log, random, resyncSpreadMs });
    this.#links = createServerLinks(options, this.#feed, () => this.#addp);
    this.#run = createCallRunner(this.#links, clock, metrics);
  }

  async authenticate(request: AuthenticateRequest, options: CallOptions = {}): Promise<AuthenticatedUser> {
    const { userName, password, tenantDbid, clientAddress } = request;
    const { sessions: _, ...user } = await this.#run({
      kind: 'authenticate',
      message: {
        name: 'RequestAuthenticate',
        body: { userName, userPassword: password, tenantDbid, clientAddress },
      },
      collect: () => expectOne('EventAuthenticated'),
      options,
    });
    return user;
  }

  changePassword(
    request: ChangePasswordRequest,
    options: CallOptions = {},
  ): Promise<{ passwordUpdatingDate: number }> {
    const { userName, oldPassword, newPassword } = request;
    return this.#run({
      kind: 'write',
      message: { name: 'RequestChangePassword', body: { userName, oldPassword, newPassword } },
      collect: () => expectOne('EventPasswordChanged'),
      options,
    });
  }

  readPersons(filter: PersonFilter, options?: CallOptions): Promise<CfgPerson[]> {
    return this.#read(CfgObjectType.person, filter, cfgPersonSchema, options);
  }

  async readPersonDbids(filter: PersonFilter, options: ListOptions = {}): Promise<number[]> {
    const persons = await this.#read(CfgObjectType.person, filter, dbidSchema, options, ['DBID']);
    return persons.map(({ DBID }) => DBID);
  }

  searchPersons(search: PersonSearch, options: CallOptions = {}): Promise<PersonPage> {
    const read = (filter: PersonFilter, maxObjects: number) =>
      this.#read(
        CfgObjectType.person,
        filter,
        foundPersonSchema,
        { ...options, maxObjects },
        foundPersonFields,
      );
    return searchPersons(read, search);
  }

  readAccessGroups(filter: AccessGroupFilter, options?: CallOptions): Promise<CfgAccessGroup[]> {
    // A login needs the names: the members of a large group would be thousands for each login.
    const fields = filter.person_dbid === undefined ? undefined : ['groupInfo', 'type'];
    return this.#read(CfgObjectType.accessGroup, filter, cfgAccessGroupSchema, options, fields);
  }

  readFolders(filter: FolderFilter, options?: CallOptions): Promise<CfgFolder[]> {
    // Not the objects that they hold.
    return this.#read(CfgObjectType.folder, filter, cfgFolderSchema, options, ['name', 'ownerID', 'state']);
  }

  readRoles(filter: RoleFilter, options?: ListOptions): Promise<CfgRole[]> {
    return this.#read(CfgObjectType.role, filter, cfgRoleSchema, options);
  }

  readTenants(filter: TenantFilter, options?: CallOptions): Promise<CfgTenant[]> {
    return this.#read(CfgObjectType.tenant, filter, cfgTenantSchema, options);
  }

  async neverLocks(): Promise<boolean> {
    return false;
  }

  readApplications(filter: ApplicationFilter, options?: CallOptions): Promise<CfgApplication[]> {
    return this.#read(CfgObjectType.application, filter, cfgApplicationSchema, options, ['name']);
  }

  subscribePersons(listener: PersonListener): () => void {
    return this.#feed.subscribe(listener);
  }

  get state(): BackendState {
    return this.#links.main.state;
  }

  get stateReason(): string | undefined {
    return this.#links.main.stateReason;
  }

  /** `host:port` of the connection in use. */
  get endpoint(): string | undefined {
    return this.#links.main.current?.channel.endpoint;
  }

  /** Changes the keep-alive on the open connection and on all later ones. */
  async updateAddp(addp: AddpOptions): Promise<void> {
    this.#addp = addp;
    const channel = this.#links.main.current?.channel;
    if (channel === undefined) return;
    const { localTimeoutSeconds: localTimeout, remoteTimeoutSeconds: remoteTimeout, traceMode } = addp;
    const effective = await channel.exchange(
      { name: 'RequestUpdateAddp', body: { localTimeout, remoteTimeout, traceMode } },
      expectOne('EventAddpUpdated'),
      { deadlineAtMs: this.#clock.monotonicMs() + deadlinesMs.write },
    );
    channel.watch(effective.localTimeout, tracesOnClient(effective.traceMode));
  }

  async close(): Promise<void> {
    this.#feed.close();
    await Promise.all([this.#links.main.close(), this.#links.write.close()]);
    await Promise.all(this.#sources.map((source) => source.close()));
  }

  #read<Item>(
    objectType: number,
    filter: object,
    schema: Parameters<typeof expectObjects<Item>>[0],
    options: ListOptions = {},
    fields?: string[],
  ): Promise<Item[]> {
    const terms = Object.entries(filter).filter(([, value]) => value !== undefined);
    return this.#run({
      kind: 'read',
      message: {
        name: 'RequestReadObjects',
        body: { objectType, filter: Object.fromEntries(terms), fields, maxObjects: options.maxObjects },
      },
      collect: () => expectObjects(schema, options.maxObjects !== undefined),
      options,
    });
  }
}
