/**
 * Finds the APIs that a token may be for, and what `aud` says of them: for every grant, by the `resource` (RFC 8707) or `audience`
 * (RFC 8693) of a request, or by the registration of the client.
 */
import { invalidTarget } from '@gatehouse/caller-auth/oauth-errors';
import { isResourceAddress, resourceAddressRule } from '@gatehouse/contracts/resources';
import { type Client, servesContactCenter } from './client.ts';
import type { ClientDirectory } from './directory.ts';

/** An API that a token is for. */
export interface Target {
  /** The value of `aud`: the address as it is registered, a client id, or our issuer for our own APIs. */
  name: string;
  /** Absent: our own APIs, or an API that only the registration of the asking client names. */
  client?: Client;
}

export interface TargetQuestion {
  client: Client;
  resources: readonly string[];
  /** Client ids. */
  audiences?: readonly string[];
  /** By token exchange, which has a list of its own. */
  exchanges?: boolean | undefined;
}

/** The APIs of a token, as it names them when it is issued. */
export interface TokenAudience {
  audience: string[];
  /** The registrations that it was read from, for StaleRegistrationTokens. */
  apis: Client[];
}

export type Targets = ReturnType<typeof createTargets>;

const maxTargets = 20;
const maxListed = 10;
const maxShownLength = 128;
const noApi: TokenAudience = { audience: [], apis: [] };

export function createTargets(directory: Pick<ClientDirectory, 'find' | 'findByResource'>, issuer: string) {
  /** `shared`: several clients have registered the address, so it means none of them. */
  async function atAddress(address: string): Promise<Target | 'shared' | undefined> {
    // Our own addresses stay ours, also if a client registers them.
    if (address === issuer || address.startsWith(`${issuer}/`)) return { name: issuer };
    return directory.findByResource(address);
  }

  async function byId(clientId: string): Promise<Target | undefined> {
    const client = await directory.find(clientId);
    return client && { name: clientId, client };
  }

  const byName = (name: string) => (isResourceAddress(name) ? atAddress(name) : byId(name));

  /** The sentence names what the client may ask for, so that its developer need not guess; others' lists stay unknown. */
  async function refused({ client, exchanges }: Omit<TargetQuestion, 'resources'>, value: string) {
    const { audiences, tokenExchange, clientId } = client;
    const names = [clientId, ...audiences, ...(exchanges ? tokenExchange.audiences : [])];
    const known = await Promise.all(
      names.map(async (name) => {
        if (isResourceAddress(name)) return [name];
        const addresses = (await directory.find(name))?.resources ?? [];
        return exchanges ? [name, ...addresses] : addresses;
      }),
    );
    return notAmong(value, [...new Set(known.flat())], 'its registration names no API');
  }

  return {
    /** The APIs that a request names, each once. @throws OAuthError invalid_target, for an unknown one as for a forbidden one */
    async asked(question: TargetQuestion): Promise<Target[]> {
      const { resources, audiences = [] } = question;
      if (audiences.length + resources.length > maxTargets)
        throw invalidTarget(`Ask for at most ${maxTargets} audiences and resources`);
      resources.forEach(requireAddress);
      const found = new Map<string, Target>();
      for (const [value, find] of [
        ...audiences.map((value) => [value, byId] as const),
        ...resources.map((value) => [value, atAddress] as const),
      ]) {
        const target = await find(value);
        if (!isTarget(target) || !mayAsk(question, target)) throw await refused(question, value);
        found.set(target.name, target);
      }
      return [...found.values()];
    },

    /**
     * What a token request leaves of the APIs of a grant (RFC 8707 section 2.2); undefined: all of them. Without any in the grant, the
     * user was asked about none, and the registration decides. @throws OAuthError invalid_target
     */
    async narrowed(
      { audiences }: Pick<Client, 'audiences'>,
      granted: readonly string[],
      resources: readonly string[],
    ): Promise<string[] | undefined> {
      if (resources.length === 0) return undefined;
      const allowed = granted.length === 0 ? audiences : granted;
      const names = new Set<string>();
      for (const resource of resources) {
        requireAddress(resource);
        const target = await atAddress(resource);
        if (!isTarget(target) || !isAmong(allowed, target))
          throw notAmong(resource, allowed, 'neither the authorization nor the registration names an API');
        names.add(target.name);
      }
      return [...names];
    },

    /**
     * The APIs of a token that is issued now: those of the grant, or those of the registration. Both may have changed since.
     * @throws OAuthError invalid_target
     */
    async ofToken(
      client: Client,
      granted: readonly string[],
      {
        contactCenterIds,
        exchanges,
      }: { contactCenterIds: readonly string[]; exchanges?: boolean | undefined },
    ): Promise<TokenAudience> {
      const isByRegistration = granted.length === 0;
      const names = isByRegistration ? client.audiences : granted;
      if (names.length === 0) return noApi;
      const targets = await Promise.all(
        names.map(async (name) => {
          const target = await byName(name);
          // An API that is no client here is known by the registration alone.
          if (target === undefined && isByRegistration) return { name };
          if (isTarget(target) && (isByRegistration || mayAsk({ client, exchanges }, target))) return target;
          throw await refused({ client, exchanges }, name);
        }),
      );
      requireServed(targets, contactCenterIds);
      return {
        audience: [...new Set(targets.map(({ name }) => name))],
        apis: targets.flatMap((target: Target) => target.client ?? []),
      };
    },
  };
}

/**
 * The audience of an exchanged token. Releases before named each API by its client id alone, however it was asked for; both names stay.
 * None asked: the client itself.
 */
export function exchangedAudience({ clientId }: Client, asked: readonly Target[]): string[] {
  if (asked.length === 0) return [clientId];
  return [...new Set(asked.flatMap(({ name, client }) => [name, client?.clientId ?? name]))];
}

/** Single sign-on never crosses into another contact centre, nor does a token. @throws OAuthError invalid_target */
export function requireServed(targets: readonly Target[], contactCenterIds: readonly string[]): void {
  for (const { name, client } of targets)
    if (client !== undefined && !contactCenterIds.every((id) => servesContactCenter(client, id)))
      throw invalidTarget(`${shown(name)} does not serve this contact centre`, {
        refusal: 'contact_center_not_served',
      });
}

function mayAsk(
  { client, exchanges }: Pick<TargetQuestion, 'client' | 'exchanges'>,
  target: Target,
): boolean {
  // Our own APIs.
  if (target.client === undefined) return true;
  if (target.client.openResources || target.client.clientId === client.clientId) return true;
  return isAmong([...client.audiences, ...(exchanges ? client.tokenExchange.audiences : [])], target);
}

function isAmong(names: readonly string[], { name, client }: Target): boolean {
  return names.includes(name) || (client !== undefined && names.includes(client.clientId));
}

function isTarget(found: Target | 'shared' | undefined): found is Target {
  return typeof found === 'object';
}

/** RFC 8707 section 2. @throws OAuthError invalid_target */
function requireAddress(resource: string): void {
  if (!isResourceAddress(resource))
    throw invalidTarget(`The resource ${shown(resource)} ${resourceAddressRule}`, {
      refusal: 'target_not_allowed',
    });
}

/** `whyNone` follows where nothing is named: an open API may be asked for all the same. */
function notAmong(value: string, allowed: readonly string[], whyNone: string) {
  const listed = allowed.slice(0, maxListed).map(shown).join(', ');
  return invalidTarget(
    `The client may not ask for ${shown(value)}; ${listed === '' ? whyNone : `it may ask for ${listed}`}`,
    { refusal: 'target_not_allowed' },
  );
}

/** The sentence is logged too: what looks like a token is not named. RFC 6749 section 5.2 has the characters. */
function shown(value: string): string {
  if (/[\w-]{40}/.test(value)) return '...';
  return value.replace(/[^\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, maxShownLength);
}
