/** Derives what a caller may read and write. Whatever this file does not allow is refused. */
import {
  consoleClientId,
  consoleLinkGrantType,
  contactCenterAdminAuthority,
  installationAdminAuthority,
  loginGrantTypes,
} from '@gatehouse/contracts/auth-api/console';
import { type IntrospectionActive, managementAuthority } from '@gatehouse/contracts/auth-api/introspection';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { forbidden, notFound } from '@gatehouse/service-kit/errors/app-error';
import { parseId } from '../fields/scalars.ts';

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
  /** Of a person at the console: when they proved who they are; absent there: not known. */
  signedInAtMs?: number | undefined;
  /** Ids of the contact centres whose rows it may read; `all` includes environments, servers and locations. */
  reads: 'all' | ReadonlySet<string>;
  /** Whether it may write what it may read. */
  writes: boolean;
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
    ...(isUser ? placeOf(token) : {}),
    reads: internal || (isUnbound && writes) ? 'all' : new Set(token.contact_center_ids),
    writes,
    internal,
  };
}

/** A person at the operator console. At every introspection Auth API gives the first authority to those on its list. */
function consoleCaller(token: IntrospectionActive): Caller {
  const { sub, client_id, grant_type, authorities, contact_center_ids, username, link_request, auth_time } =
    token;
  // Audited under the name of the account, as its calls by HTTP Basic are.
  if (grant_type === consoleLinkGrantType && username !== undefined && link_request !== undefined)
    return { ...opsCaller(username), clientId: client_id, linkRequest: link_request };
  const isOfInstallation = authorities.includes(installationAdminAuthority);
  const isOfContactCenter = authorities.includes(contactCenterAdminAuthority);
  return {
    kind: 'user',
    name: sub,
    ...placeOf(token),
    clientId: client_id,
    signedInAtMs: auth_time === undefined ? undefined : auth_time * 1000,
    reads: isOfInstallation ? 'all' : new Set(contact_center_ids),
    writes: isOfInstallation || isOfContactCenter,
    internal: false,
  };
}

/** The token of a person is bound to one contact centre. */
function placeOf({ contact_center_ids: [contactCenterId] }: IntrospectionActive) {
  return definedOnly({ contactCenterId });
}

/** Any client may get tokens of an administrator; only the console is known to do what its user asks for. */
function isOfConsoleLogin({ client_id, grant_type, act }: IntrospectionActive): boolean {
  if (client_id !== consoleClientId || act !== undefined) return false;
  return loginGrantTypes.includes(grant_type) || grant_type === consoleLinkGrantType;
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

/** @throws AppError 403 for a caller without the authority to write */
export function requireWriter(caller: Caller): void {
  if (!caller.writes) {
    throw forbidden(
      `Writing needs the operator account, a client with the authority ${managementAuthority}, or an administrator at the operator console`,
    );
  }
}

/** @throws AppError 403 unless the caller may read everything */
export function requireInstallationReader(caller: Caller): void {
  if (readsAll(caller)) return;
  throw forbidden('This caller may not read what belongs to other contact centres');
}

/** Guards writes to what belongs to the whole installation. @throws AppError 403 */
export function requireInstallationWriter(caller: Caller): void {
  requireWriter(caller);
  if (!readsAll(caller)) {
    throw forbidden(
      'This caller is bound to a contact centre: it cannot write what all contact centres share',
    );
  }
}

/** @throws AppError 403 */
export function requireInternal(caller: Caller): void {
  if (!caller.internal) throw forbidden('This endpoint is for internal clients');
}

/** The same answer for an unknown id and for one that the caller may not read, so that ids cannot be probed. */
export function unknownEnvironment(id: string) {
  return notFound(`There is no environment ${JSON.stringify(id)}`);
}

/** The id of an environment in a path of internal clients, which may read all. @throws AppError 404 */
export function requireEnvironmentId(text: string): string {
  const id = parseId(text);
  if (id === undefined) throw unknownEnvironment(text);
  return id;
}

export function unknownContactCenter(id: string) {
  return notFound(`There is no contact centre ${JSON.stringify(id)}`);
}
