/** The default back end: the open protocol over TCP or TLS, with warm standby. */
import type {
  AuthenticatedUser,
  AuthenticateRequest,
  BackendState,
  CallOptions,
  ChangePasswordRequest,
  ConfigurationBackend,
  PersonListener,
} from './backend.ts';
import { runCall } from './call.ts';
import { PersonFeed } from './changes/person-feed.ts';
import {
  type AddpOptions,
  type ConfigServerClientOptions,
  defaultAddp,
  defaultStandby,
} from './client-options.ts';
import { type Clock, systemClock } from './clock.ts';
import { expectOne } from './connection/answers.ts';
import type { AnswerCollector } from './connection/exchange.ts';
import { openConnection, tracesOnClient } from './connection/open-connection.ts';
import { accountWithChange } from './connection/service-account.ts';
import type { Endpoint, EndpointSource } from './discovery/endpoint-source.ts';
import { ConfigServerError } from './errors.ts';
import { type Logger, silentLogger } from './log.ts';
import type { ConnectionMetrics } from './metrics.ts';
import { type AccessGroupFilter, type CfgAccessGroup, cfgAccessGroupSchema } from './model/access-group.ts';
import { CfgAppType, CfgObjectType } from './model/enumerations.ts';
import { type CfgPerson, cfgPersonSchema, type PersonFilter } from './model/person.ts';
import { type CfgRole, cfgRoleSchema, type RoleFilter } from './model/role.ts';
import { type CfgTenant, cfgTenantSchema, type TenantFilter } from './model/tenant.ts';
import { expectObjects, type ObjectSchema } from './read-objects.ts';
import type { CallKind } from './repeat-policy.ts';
import { ServerLink } from './server-link.ts';
import { EpochGuard } from './standby/epoch-guard.ts';
import { RefusedAccount } from './standby/refused-account.ts';
import { writableEndpoints } from './standby/writable-endpoints.ts';
import { SummedLoad } from './summed-load.ts';
import { type ConfMessage, parseMessage } from './wire/message.ts';
import { ocpWire } from './wire/ocp/ocp-wire.ts';
import { WriteLink } from './write-link.ts';

export interface ConfigServerClient extends ConfigurationBackend {
  /** Changes the keep-alive on the open link, and for all later ones. */
  updateAddp(addp: AddpOptions): Promise<void>;
  /** `host:port` of the connection in use. */
  readonly endpoint: string | undefined;
}

const deadlinesMs: Record<CallKind, number> = { authenticate: 5_000, write: 10_000, read: 60_000 };
const betweenPagesMs = 10_000;

/** Connects at once, in the background; calls wait for the first connection within the fail-fast time. */
export function createConfigServerClient(options: ConfigServerClientOptions): ConfigServerClient {
  return new Client(options);
}

class Client implements ConfigServerClient {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #metrics: ConnectionMetrics;
  readonly #feed: PersonFeed;
  readonly #link: ServerLink;
  readonly #writeLink: WriteLink;
  readonly #sources: readonly EndpointSource[];
  #addp: AddpOptions;

  constructor(options: ConfigServerClientOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#sources = [options.endpoints, ...(options.writeEndpoints ? [options.writeEndpoints] : [])];
    this.#log = options.log ?? silentLogger;
    this.#metrics = options.metrics ?? {};
    this.#addp = options.addp ?? defaultAddp;
    const register = accountWithChange({ applicationType: CfgAppType.genericServer, ...options });
    const load = new SummedLoad(this.#metrics);
    const connection = {
      tls: options.tls,
      allowPlaintext: options.allowPlaintext ?? false,
      wire: options.wire ?? ocpWire(),
      windowSize: options.windowSize ?? 64,
      clock: this.#clock,
      log: this.#log,
    };
    const standby = { ...defaultStandby, ...options.standby };
    const random = options.random ?? Math.random;
    const { resyncSpreadMs } = standby;
    this.#feed = new PersonFeed({ clock: this.#clock, log: this.#log, random, resyncSpreadMs });
    const shared = {
      standby,
      random,
      epochs: new EpochGuard(),
      account: new RefusedAccount(standby, this.#clock),
      open: (endpoint: Endpoint, signal: AbortSignal) =>
        register((account) =>
          openConnection(
            endpoint,
            {
              ...connection,
              account,
              addp: this.#addp,
              metrics: load.part(),
              openTimeoutMs: standby.openTimeoutMs,
            },
            signal,
          ),
        ),
      clock: this.#clock,
      log: this.#log,
    };
    this.#link = new ServerLink({
      ...shared,
      metrics: load.part(),
      endpoints: options.endpoints,
      feed: this.#feed,
      reportsState: true,
      mustBeWritable: false,
    });
    const openWriteLink = () =>
      new ServerLink({
        ...shared,
        metrics: load.part(),
        endpoints: options.writeEndpoints ?? writableEndpoints(options.endpoints),
        reportsState: false,
        mustBeWritable: true,
      });
    this.#writeLink = new WriteLink(openWriteLink, this.#clock);
  }

  authenticate(request: AuthenticateRequest, options: CallOptions = {}): Promise<AuthenticatedUser> {
    const { userName, password, tenantDbid, clientAddress } = request;
    return this.#call(
      'authenticate',
      { name: 'RequestAuthenticate', body: { userName, userPassword: password, tenantDbid, clientAddress } },
      () => expectOne('EventAuthenticated'),
      options,
    ).then(toAuthenticatedUser);
  }

  changePassword(
    request: ChangePasswordRequest,
    options: CallOptions = {},
  ): Promise<{ passwordUpdatingDate: number }> {
    const { userName, oldPassword, newPassword } = request;
    const message = { name: 'RequestChangePassword', body: { userName, oldPassword, newPassword } } as const;
    return this.#call('write', message, () => expectOne('EventPasswordChanged'), options);
  }

  readPersons(filter: PersonFilter, options: CallOptions = {}): Promise<CfgPerson[]> {
    return this.#read(CfgObjectType.person, filter, cfgPersonSchema, options);
  }

  readAccessGroups(filter: AccessGroupFilter, options: CallOptions = {}): Promise<CfgAccessGroup[]> {
    return this.#read(CfgObjectType.accessGroup, filter, cfgAccessGroupSchema, options);
  }

  readRoles(filter: RoleFilter, options: CallOptions = {}): Promise<CfgRole[]> {
    return this.#read(CfgObjectType.role, filter, cfgRoleSchema, options);
  }

  readTenants(filter: TenantFilter, options: CallOptions = {}): Promise<CfgTenant[]> {
    return this.#read(CfgObjectType.tenant, filter, cfgTenantSchema, options);
  }

  subscribePersons(listener: PersonListener): () => void {
    return this.#feed.subscribe(listener);
  }

  get state(): BackendState {
    return this.#link.state;
  }

  get stateReason(): string | undefined {
    return this.#link.stateReason;
  }

  get endpoint(): string | undefined {
    return this.#link.endpoint;
  }

  async updateAddp(addp: AddpOptions): Promise<void> {
    this.#addp = addp;
    const channel = this.#link.currentChannel;
    if (channel === undefined) return;
    const effective = await channel.exchange(
      {
        name: 'RequestUpdateAddp',
        body: {
          localTimeout: addp.localTimeoutSeconds,
          remoteTimeout: addp.remoteTimeoutSeconds,
          traceMode: addp.traceMode,
        },
      },
      expectOne('EventAddpUpdated'),
      { deadlineAtMs: this.#clock.monotonicMs() + deadlinesMs.write },
    );
    channel.watch(effective.localTimeout, tracesOnClient(effective.traceMode));
  }

  async close(): Promise<void> {
    this.#feed.close();
    await Promise.all([this.#link.close(), this.#writeLink.close()]);
    await Promise.all(this.#sources.map((source) => source.close()));
  }

  #read<Item>(
    objectType: number,
    filter: object,
    schema: ObjectSchema<Item>,
    options: CallOptions,
  ): Promise<Item[]> {
    const message = {
      name: 'RequestReadObjects',
      body: { objectType, filter: definedOnly(filter) },
    } as const;
    return this.#call('read', message, () => expectObjects(schema), options);
  }

  /** One call with everything that may be repeated of it; settles once, with a ConfigServerError if not well. */
  async #call<T>(
    kind: CallKind,
    message: ConfMessage,
    collect: () => AnswerCollector<T>,
    options: CallOptions,
  ): Promise<T> {
    const startedAtMs = this.#clock.monotonicMs();
    const limits = {
      deadlineAtMs: startedAtMs + (options.deadlineMs ?? deadlinesMs[kind]),
      signal: options.signal,
      ...(kind === 'read' ? { betweenAnswersMs: betweenPagesMs } : {}),
    };
    try {
      const value = await runCall(
        { kind, message: checked(message), collect, limits },
        this.#link,
        this.#writeLink,
      );
      this.#metrics.callSettled?.(message.name, 'ok', this.#clock.monotonicMs() - startedAtMs);
      return value;
    } catch (cause) {
      const error =
        cause instanceof ConfigServerError
          ? cause
          : new ConfigServerError('InternalError', 'the call failed', { cause });
      this.#metrics.callSettled?.(message.name, error.code, this.#clock.monotonicMs() - startedAtMs);
      throw error;
    }
  }
}

/** Refuses before sending what the server would refuse as malformed, such as an endless user name. */
function checked(message: ConfMessage): ConfMessage {
  const result = parseMessage(message.name, message.body);
  if ('message' in result) return result.message;
  throw new ConfigServerError('MalformedBody', 'the request is not valid', { detail: result.problem });
}

function definedOnly(filter: object): Record<string, number | string> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

function toAuthenticatedUser(answer: {
  userDbid: number;
  tenantDbid: number;
  userName: string;
  changePasswordRequired: boolean;
  passwordExpiresInDays?: number | undefined;
  lastLogin?: number | undefined;
}): AuthenticatedUser {
  const { userDbid, tenantDbid, userName, changePasswordRequired, passwordExpiresInDays, lastLogin } = answer;
  return {
    userDbid,
    tenantDbid,
    userName,
    changePasswordRequired,
    ...(passwordExpiresInDays === undefined ? {} : { passwordExpiresInDays }),
    ...(lastLogin === undefined ? {} : { lastLogin }),
  };
}
