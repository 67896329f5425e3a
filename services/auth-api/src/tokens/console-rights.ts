/** Decides what a token of the operator console lets its bearer administer. Tokens of all other clients give no right. */
import { consoleClientId, type IntrospectionActive } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import {
  type ContactCenterRight,
  contactCenterRights,
  contactCenterRightsBy,
  contactCenterRightsIn,
} from '@gatehouse/contracts/values';
import type { KnownAdministrators } from '../registry/administrators/known-administrators.ts';
import type { AccessTokenRecord, LinkedOperator, StoredAccessToken } from './access-token.ts';
import { isOfOwnLogin } from './lineage.ts';
import { seenAtMsOf } from './session-reference.ts';

export type ConsoleRight =
  | { kind: 'operator by link'; sub: string; operator: LinkedOperator }
  | ({ kind: 'installation administrator'; sub: string } & Proof)
  | ({
      kind: 'of a contact centre';
      rights: ContactCenterRight[];
      sub: string;
      contactCenterId: string;
    } & Proof);

interface Proof {
  /** When the person proved who they are; undefined: not known. */
  signedInAtMs: number | undefined;
}

export type ConsoleRights = ReturnType<typeof createConsoleRights>;

export function createConsoleRights(administrators: Pick<KnownAdministrators, 'rightsOf'>) {
  /** Looked up at every use, and stored in no token: a person who is taken off the list loses the right at once. */
  async function of({ facts, record }: StoredAccessToken): Promise<ConsoleRight | undefined> {
    // Any client may get tokens of an administrator. Only the console is known to do what its user asks for.
    if (facts.clientId !== consoleClientId) return undefined;
    const read = record();
    const { sub, operator, contactCenterIds } = read;
    if (sub === undefined) return undefined;
    if (operator !== undefined && isUnderived(read)) return { kind: 'operator by link', sub, operator };
    if (!isOfOwnLogin(read)) return undefined;
    const { contactCenterId: place, entry } = read.identity ?? {};
    const provedAtMs = read.session?.authTimeMs;
    const proved = place !== undefined && { contactCenterId: place, sub, way: entry?.way, provedAtMs };
    const signedInAtMs = read.session && seenAtMsOf(read.session);
    const listed = proved ? await administrators.rightsOf(proved) : [];
    if (listed.includes('installation')) return { kind: 'installation administrator', sub, signedInAtMs };
    const [contactCenterId, another] = contactCenterIds;
    if (contactCenterId === undefined || another !== undefined) return undefined;
    const rights = contactCenterRightsIn([
      ...contactCenterRightsBy(read.authorities),
      ...(place === contactCenterId ? listed : []),
    ]);
    if (rights.length === 0) return undefined;
    return { kind: 'of a contact centre', rights, sub, contactCenterId, signedInAtMs };
  }

  return {
    of,
    /** The JSON text of what introspection answers about the token, with the rights that lists give. */
    async introspection(stored: StoredAccessToken): Promise<string> {
      const right = await of(stored);
      if (right === undefined) return stored.introspection;
      const answer = JSON.parse(stored.introspection) as IntrospectionActive;
      const further = authoritiesOf(right).filter((authority) => !answer.authorities.includes(authority));
      if (further.length === 0) return stored.introspection;
      return JSON.stringify({ ...answer, authorities: [...answer.authorities, ...further] });
    },
  };
}

/** The operator by a link counts as an administrator of the installation. */
function authoritiesOf(right: ConsoleRight): string[] {
  if (right.kind !== 'of a contact centre') return [installationAdminAuthority];
  return right.rights.map((name) => contactCenterRights[name]);
}

function isUnderived({ act, generation = 0 }: AccessTokenRecord): boolean {
  return act === undefined && generation === 0;
}
