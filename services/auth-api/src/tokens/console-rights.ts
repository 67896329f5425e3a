/** Decides what a token of the operator console lets its bearer administer. Tokens of all other clients give no right. */
import type { StepUp } from '@gatehouse/caller-auth/credentials';
import { consoleClientId, type IntrospectionActive } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import {
  type ContactCenterRight,
  contactCenterRights,
  contactCenterRightsBy,
  contactCenterRightsIn,
} from '@gatehouse/contracts/values';
import type { Admission } from '../people/accounts/admission.ts';
import type { KnownAdministrators } from '../registry/administrators/known-administrators.ts';
import type { AccessTokenRecord, LinkedOperator, StoredAccessToken } from './access-token.ts';
import { isOfOwnLogin } from './lineage.ts';
import { proofsOf, seenAtMsOf } from './session-reference.ts';

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
  stepUp: StepUp;
}

export type ConsoleRights = ReturnType<typeof createConsoleRights>;

export function createConsoleRights(
  administrators: Pick<KnownAdministrators, 'rightsOf'>,
  admission: Pick<Admission, 'judge'>,
) {
  /** A policy may have become stricter since the token was issued. Undefined: the contact centre is gone. */
  async function stepUpOf({ identity, session, ...rest }: AccessTokenRecord): Promise<StepUp | undefined> {
    const provedAtMs = session && seenAtMsOf(session);
    const weakest = { level: 'password', provedAtMs } as const;
    if (identity === undefined) return { ...weakest, isMet: true };
    const asked = { act: 'console' as const, proofs: proofsOf({ ...rest, session }) };
    const verdict = await admission.judge(identity, asked);
    if ('gone' in verdict) return undefined;
    const isMet = 'admitted' in verdict;
    const { need, assurance } = isMet ? { ...verdict.admitted, need: verdict.need } : verdict.short;
    const { level } = need;
    if (level === 'password') return { ...weakest, isMet };
    return { level, isMet, provedAtMs: assurance.atMs[level] };
  }

  /** Looked up at every use, and stored in no token: a person who is taken off the list loses the right at once. */
  async function of({ facts, record }: StoredAccessToken): Promise<ConsoleRight | undefined> {
    // Any client may get tokens of an administrator. Only the console is known to do what its user asks for.
    if (facts.clientId !== consoleClientId) return undefined;
    const read = record();
    const { sub, operator, contactCenterIds } = read;
    if (sub === undefined) return undefined;
    if (operator !== undefined && isUnderived(read)) return { kind: 'operator by link', sub, operator };
    if (!isOfOwnLogin(read)) return undefined;
    const stepUp = await stepUpOf(read);
    if (!stepUp?.isMet) return undefined;
    const { contactCenterId: place, entry } = read.identity ?? {};
    const provedAtMs = read.session?.authTimeMs;
    const proved = place !== undefined && { contactCenterId: place, sub, way: entry?.way, provedAtMs };
    const listed = proved ? await administrators.rightsOf(proved) : [];
    if (listed.includes('installation')) return { kind: 'installation administrator', sub, stepUp };
    const [contactCenterId, another] = contactCenterIds;
    if (contactCenterId === undefined || another !== undefined) return undefined;
    const rights = contactCenterRightsIn([
      ...contactCenterRightsBy(read.authorities),
      ...(place === contactCenterId ? listed : []),
    ]);
    if (rights.length === 0) return undefined;
    return { kind: 'of a contact centre', rights, sub, contactCenterId, stepUp };
  }

  async function withoutRights(stored: StoredAccessToken): Promise<string> {
    if (stored.facts.clientId !== consoleClientId) return stored.introspection;
    const stepUp = await stepUpOf(stored.record());
    if (stepUp?.isMet) return stored.introspection;
    const answer = JSON.parse(stored.introspection) as IntrospectionActive;
    return JSON.stringify({ ...answer, authorities: [], ...(stepUp && { step_up: stepUpMember(stepUp) }) });
  }

  return {
    of,
    /** Of a person at the console who has proved too little for any right; undefined: the person lacks something else. @throws AppError (503) */
    async missing({ facts, record }: StoredAccessToken): Promise<StepUp | undefined> {
      if (facts.clientId !== consoleClientId || !isOfOwnLogin(record())) return undefined;
      const stepUp = await stepUpOf(record());
      return stepUp?.isMet ? undefined : stepUp;
    },
    /**
     * The answer of introspection about the token, as JSON, by which Environment API decides. It has the rights that lists give. It has
     * none where the person has proved too little. @throws AppError (503)
     */
    async introspection(stored: StoredAccessToken): Promise<string> {
      const right = await of(stored);
      if (right === undefined) return withoutRights(stored);
      const answer = JSON.parse(stored.introspection) as IntrospectionActive;
      const authorities = [...new Set([...answer.authorities, ...authoritiesOf(right)])];
      const step_up = right.kind === 'operator by link' ? undefined : stepUpMember(right.stepUp);
      return JSON.stringify({ ...answer, authorities, step_up });
    },
  };
}

function stepUpMember({ level, isMet, provedAtMs }: StepUp): IntrospectionActive['step_up'] {
  const provedAt = provedAtMs === undefined ? {} : { proved_at: Math.floor(provedAtMs / 1000) };
  return { level, is_met: isMet, ...provedAt };
}

/** The operator by a link counts as an administrator of the installation. */
function authoritiesOf(right: ConsoleRight): string[] {
  if (right.kind !== 'of a contact centre') return [installationAdminAuthority];
  return right.rights.map((name) => contactCenterRights[name]);
}

function isUnderived({ act, generation = 0 }: AccessTokenRecord): boolean {
  return act === undefined && generation === 0;
}
