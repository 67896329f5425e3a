/** Derives who a caller is, by the kinds of the matrix, and which contact centres they reach. */
import type { StepUp } from '@gatehouse/caller-auth/credentials';
import {
  consoleClientId,
  consoleLinkGrantType,
  type IntrospectionActive,
  loginGrantTypes,
  managementAuthority,
} from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { contactCenterRightsBy, definedOnly } from '@gatehouse/contracts/values';
import { notFound } from '@gatehouse/service-kit/errors';
import { parseId } from '../fields/scalars.ts';
import type { CallerKind, LesserKind } from './rules.ts';

export interface Caller {
  kind: 'ops' | 'client' | 'user';
  /** Name of the operator account, client id, or the user's subject. */
  name: string;
  /** Of a person: who authenticated them. Contact centres may know other people by the same subject. */
  contactCenterId?: string;
  /** The client by whose token a person administers. */
  clientId?: string;
  /** Of the operator at the console: correlation id of the request that made the link. */
  linkRequest?: string;
  /** Of a person at the console: what the policy requires, and what the sign-in has. */
  stepUp?: StepUp;
  /** Ids of the contact centres whose rows it may read; `all` includes environments, servers and locations. */
  reads: 'all' | ReadonlySet<string>;
  /** Whether it may write what it may read. */
  writes: boolean;
  /** Of a person at the console who administers nothing: rights in the contact centre. */
  lesserRights?: readonly LesserKind[];
  /** An internal client: it may use the internal endpoints. */
  internal: boolean;
  /** The contact centre whose people it may read and write: the bearer of a SCIM key, who may do nothing else. */
  provisions?: string;
}

export function opsCaller(username: string): Caller {
  return { kind: 'ops', name: username, reads: 'all', writes: true, internal: false };
}

/** A program with a SCIM key. It reads and writes nothing by the rules for other callers. */
export function scimCaller(keyId: string, contactCenterId: string): Caller {
  return {
    kind: 'client',
    name: `scim:${keyId}`,
    reads: new Set(),
    writes: false,
    internal: false,
    provisions: contactCenterId,
  };
}

/** The bearer of an active token. */
export function tokenCaller(token: IntrospectionActive): Caller {
  const isUser = token.sub !== token.client_id;
  if (isUser && isOfConsoleLogin(token)) return consoleCaller(token);
  const writes = token.authorities.includes(managementAuthority);
  // A user's token is bound to the user's contact centre, whichever client it was issued to.
  const internal = token.internal_client && !isUser;
  const isUnbound = !isUser && token.contact_center_ids.length === 0;
  return {
    kind: isUser ? 'user' : 'client',
    name: token.sub,
    ...(isUser ? contactCenterIn(token) : {}),
    reads: internal || (isUnbound && writes) ? 'all' : new Set(token.contact_center_ids),
    writes,
    internal,
  };
}

/** A person at the operator console. At every introspection Auth API gives the authorities to those on its lists. */
function consoleCaller(token: IntrospectionActive): Caller {
  const { sub, client_id, grant_type, authorities, contact_center_ids, username, link_request } = token;
  // Audited under the name of the account, as its calls by HTTP Basic are.
  if (grant_type === consoleLinkGrantType && username !== undefined && link_request !== undefined)
    return { ...opsCaller(username), clientId: client_id, linkRequest: link_request };
  const isOfInstallation = authorities.includes(installationAdminAuthority);
  const rights = contactCenterRightsBy(authorities);
  const writes = isOfInstallation || rights.includes('administrator');
  return {
    kind: 'user',
    name: sub,
    ...contactCenterIn(token),
    clientId: client_id,
    stepUp: stepUpOf(token),
    reads: isOfInstallation ? 'all' : new Set(contact_center_ids),
    writes,
    ...(!writes && { lesserRights: rights.flatMap((right) => lesserKindOf[right] ?? []) }),
    internal: false,
  };
}

/** Auth API of the release before knows no policy: the time of the sign-in counts. */
function stepUpOf({ step_up, auth_time }: IntrospectionActive): StepUp {
  const {
    level,
    is_met: isMet,
    proved_at,
  } = step_up ?? { level: 'password', is_met: true, proved_at: auth_time };
  return { level, isMet, provedAtMs: proved_at === undefined ? undefined : proved_at * 1000 };
}

const lesserKindOf = { administrator: undefined, 'help-desk': 'help desk', auditor: 'auditor' } as const;

/** The token of a person is bound to one contact centre. */
function contactCenterIn({ contact_center_ids: [contactCenterId] }: IntrospectionActive) {
  return definedOnly({ contactCenterId });
}

/** Any client may get tokens of an administrator; only the console is known to do what its user asks for. */
function isOfConsoleLogin({ client_id, grant_type, act }: IntrospectionActive): boolean {
  if (client_id !== consoleClientId || act !== undefined) return false;
  return loginGrantTypes.includes(grant_type) || grant_type === consoleLinkGrantType;
}

/** The columns of the matrix: several for a person with several lesser rights. */
export function kindsOf(caller: Caller): readonly CallerKind[] {
  const { lesserRights = [] } = caller;
  const kind = kindOf(caller);
  return kind === 'user' && lesserRights.length > 0 ? lesserRights : [kind];
}

function kindOf({ kind, clientId, reads, writes, internal, provisions }: Caller): CallerKind {
  if (provisions !== undefined) return 'SCIM key';
  if (kind === 'ops') return 'operator';
  if (internal) return writes ? 'managing internal client' : 'internal client';
  const isAtConsole = kind === 'user' && clientId !== undefined;
  if (reads === 'all') return isAtConsole ? 'installation administrator' : 'managing client';
  // A caller that is bound to no contact centre, and manages nothing, has nothing.
  if (reads.size === 0) return 'client';
  if (kind === 'client') return writes ? 'managing bound client' : 'bound client';
  if (!writes) return 'user';
  return isAtConsole ? 'contact-centre administrator' : 'managing user';
}

/** Whether the caller may read what belongs to the whole installation, such as environments and locations. */
export function readsAll(caller: Caller): boolean {
  return caller.reads === 'all';
}

export function mayRead(caller: Caller, contactCenterId: string): boolean {
  return caller.reads === 'all' || caller.reads.has(contactCenterId);
}

/** Ids to filter a list by; undefined: no filter. */
export function readableIds(caller: Caller): readonly string[] | undefined {
  return caller.reads === 'all' ? undefined : [...caller.reads];
}

/** The same answer for an unknown id and for one that the caller may not read, so that ids cannot be probed. */
export function unknownEnvironment(id: string) {
  return notFound(`There is no environment ${JSON.stringify(id)}`);
}

/** The id of an environment in a path. @throws AppError 404 */
export function requireEnvironmentId(text: string): string {
  const id = parseId(text);
  if (id === undefined) throw unknownEnvironment(text);
  return id;
}

/** Undefined: it is no id, or that of a contact centre which the caller neither reads nor provisions. */
export function reachedId(caller: Caller, text: string): string | undefined {
  const id = parseId(text);
  return id !== undefined && (caller.provisions === id || mayRead(caller, id)) ? id : undefined;
}

/** The id of a contact centre that the caller reaches. @throws AppError 404 */
export function requireReach(caller: Caller, text: string): string {
  const id = reachedId(caller, text);
  if (id === undefined) throw unknownContactCenter(text);
  return id;
}

export function unknownContactCenter(id: string) {
  return notFound(`There is no contact centre ${JSON.stringify(id)}`);
}

/** The same answer for a key that does not work, for every reason, and for one of others. */
export function unknownApiKey() {
  return notFound('The API key is unknown, expired or withdrawn');
}
