/** Who is calling, and what that lets him do. Nothing is allowed that is not said here. */
import { type IntrospectionActive, managementAuthority } from '@gatehouse/contracts/auth-api/introspection';
import { forbidden, notFound } from '@gatehouse/service-kit/errors/app-error';

export interface Caller {
  kind: 'ops' | 'client' | 'user';
  /** Name of the operator account, client id, or the user's subject. */
  name: string;
  /** Contact centres whose rows he may read; `all` also means environments, servers and locations. */
  reads: 'all' | ReadonlySet<string>;
  /** Whether he may write what he may read. */
  writes: boolean;
  /** One of our own services or of the estate's: may use the internal endpoints. */
  internal: boolean;
}

export function opsCaller(username: string): Caller {
  return { kind: 'ops', name: username, reads: 'all', writes: true, internal: false };
}

/** The bearer of an active token. */
export function tokenCaller(token: IntrospectionActive): Caller {
  const isUser = token.sub !== token.client_id;
  const writes = token.authorities.includes(managementAuthority);
  // A user's token is bound to the user's contact centre, whichever client it was issued to.
  const internal = token.internal_client && !isUser;
  const isUnbound = !isUser && token.contact_center_ids.length === 0;
  return {
    kind: isUser ? 'user' : 'client',
    name: token.sub,
    reads: internal || (isUnbound && writes) ? 'all' : new Set(token.contact_center_ids),
    writes,
    internal,
  };
}

/** What tells whether something of the installation as a whole (an environment, a location) may be seen. */
export function readsAll(caller: Caller): boolean {
  return caller.reads === 'all';
}

export function mayRead(caller: Caller, contactCenterId: string): boolean {
  return caller.reads === 'all' || caller.reads.has(contactCenterId);
}

/** The contact centres to filter a list by; undefined = no filter. */
export function readableIds(caller: Caller): readonly string[] | undefined {
  return caller.reads === 'all' ? undefined : [...caller.reads];
}

/** @throws AppError 403 for a caller without the authority to write */
export function requireWriter(caller: Caller): void {
  if (!caller.writes) {
    throw forbidden(
      `Writing needs the operator account or a client with the authority ${managementAuthority}`,
    );
  }
}

/** @throws AppError 403 for a caller who may not see all there is */
export function requireInstallationReader(caller: Caller): void {
  if (readsAll(caller)) return;
  throw forbidden('This caller may not read what belongs to other contact centres');
}

/**
 * For writes to what belongs to the whole installation.
 * @throws AppError 403
 */
export function requireInstallationWriter(caller: Caller): void {
  requireWriter(caller);
  if (!readsAll(caller)) {
    throw forbidden(
      'This client is bound to a contact centre: it cannot write what all contact centres share',
    );
  }
}

/** @throws AppError 403 */
export function requireInternal(caller: Caller): void {
  if (!caller.internal) throw forbidden('This endpoint is for internal clients');
}

/** The one answer for what is not there and for what the caller may not know of. */
export function unknownEnvironment(id: string) {
  return notFound(`There is no environment ${JSON.stringify(id)}`);
}

export function unknownContactCenter(id: string) {
  return notFound(`There is no contact centre ${JSON.stringify(id)}`);
}
