/** Counts the people of a contact centre by their second factors, and says whom a policy keeps out, now or after a change. */
import {
  type FactorCounts,
  type FactorDryRun,
  type FactorOutlook,
  type FactorPreview,
  type FactorVerdict,
  maxNamedPeople,
} from '@gatehouse/contracts/auth-administration';
import { isStricter, type SecondFactorView } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Actor } from '../../core/administration/actor.ts';
import { noPolicy } from '../../core/assurance/need.ts';
import { type HeldFactors, lastingFactors } from '../../factors/store/held.ts';
import type { RolesOfPeople } from '../../people/accounts/known-roles.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { SeenPeople } from '../../records/audit/seen-people.ts';
import { helpDeskEventOf } from '../help-desk/events.ts';
import type { HelpDeskPeople } from '../help-desk/people.ts';
import { type Outlook, outlookOf, type Person, type Standing } from './outlook.ts';

export interface FactorCountsOptions {
  people: Pick<HelpDeskPeople, 'contactCenter'>;
  seen: Pick<SeenPeople, 'entrants' | 'namesOf'>;
  knownRoles: UserService['knownRoles'];
  /** What each person of a contact centre has, by `sub`. */
  heldOf(contactCenterId: string): Promise<ReadonlyMap<string, HeldFactors>>;
  /** Whether passkeys work under the public host of the installation. */
  arePasskeysOn(): Promise<boolean>;
  audit: Pick<AuditWriter, 'write'>;
  now: Clock;
}

/** Whoever did not sign in for so long, and has no factor, is hardly there any more. */
const lookBackMs = 90 * 86_400_000;

const nothing: HeldFactors = {
  totp: 0,
  passkeys: 0,
  devicePasskeys: 0,
  recoveryCodes: 0,
  rememberedDevices: 0,
};

type Counted = FactorOutlook['lockedOut'];

/** Both throw AppError 404, 503. */
export function createFactorCounts(options: FactorCountsOptions) {
  const { people, seen, knownRoles, heldOf, arePasskeysOn, audit, now } = options;

  const readPeople = async (contactCenterId: string, roles: RolesOfPeople | undefined) => {
    const [entrants, held] = await Promise.all([
      seen.entrants(now() - lookBackMs, contactCenterId),
      heldOf(contactCenterId),
    ]);
    const found = new Map<string, Omit<Person, 'roles'>>(
      [...held].map(([sub, has]) => [sub, { sub, held: has, isByProvider: false }]),
    );
    for (const { sub, isByProvider } of entrants.people)
      found.set(sub, { sub, held: held.get(sub) ?? nothing, isByProvider });
    const all = [...found.values()].map((person): Person => {
      return { ...person, roles: roles && (roles.get(person.sub) ?? []) };
    });
    return { all, since: new Date(entrants.sinceMs).toISOString() };
  };

  /** What both answers have, and the means to count on. */
  const open = async (contactCenter: string, actor: Actor, change?: FactorDryRun['secondFactor']) => {
    const place = await people.contactCenter(contactCenter, actor.within);
    const { id: contactCenterId } = place;
    const fields = { purpose: 'factors' };
    await audit.write(helpDeskEventOf('access_inspected', actor, { contactCenterId, fields }));
    const policy: SecondFactorView = place.secondFactor ?? noPolicy;
    const changed: SecondFactorView = { ...policy, ...definedOnly(change ?? {}) };
    const named = [...new Set([policy, changed].flatMap(rolesIn))];
    const roles = named.length === 0 ? undefined : await knownRoles(place, named);
    const { all, since } = await readPeople(contactCenterId, roles);
    const counted = async (of: readonly Person[]): Promise<Counted> => {
      const subs = of.slice(0, maxNamedPeople).map(({ sub }) => sub);
      const names = await seen.namesOf(subs, contactCenterId);
      return { count: of.length, names: names.map(({ userName }) => userName) };
    };
    const circumstances = { arePasskeysOn: await arePasskeysOn(), nowMs: now() };
    const judged = async (under: SecondFactorView) => {
      const { judge, everybody, roles: ofRoles, ...times } = outlookOf(under, circumstances);
      const verdict: FactorVerdict = {
        ...times,
        everybody: await countsOf(everybody, all, counted),
        roles: await Promise.all(
          ofRoles.map(async (one) => ({ roles: [...one.roles], ...(await countsOf(one, all, counted)) })),
        ),
        ...(roles && { rolesOfNobody: unowned(rolesIn(under), roles) }),
      };
      return { judge, verdict };
    };
    const present = await judged(policy);
    const counts: FactorCounts = {
      ...{ contactCenterId, people: all.length, since, held: holdersAmong(all), now: present.verdict },
      ...(named.length > 0 && { areRolesKnown: roles !== undefined }),
    };
    return { policy, changed, all, counted, judged, before: present.judge, counts };
  };

  return {
    count: async (contactCenter: string, actor: Actor): Promise<FactorCounts> =>
      (await open(contactCenter, actor)).counts,

    /** Changes nothing. */
    async preview(
      contactCenter: string,
      { secondFactor: change }: Readonly<{ secondFactor: FactorDryRun['secondFactor'] }>,
      actor: Actor,
    ): Promise<FactorPreview> {
      const opened = await open(contactCenter, actor, change);
      const { policy, changed, all, counted, judged, before, counts } = opened;
      const isRaised = isStricter(policy, changed);
      const raised = isRaised ? { ...changed, raisedAt: new Date(now()).toISOString() } : changed;
      const { judge, verdict: after } = await judged(raised);
      const comesIn: readonly Standing[] = ['ready', 'byProvider', 'mustAdd'];
      return {
        ...counts,
        after,
        isStricter: isRaised,
        newlyInGrace: await counted(
          all.filter((one) => comesIn.includes(before(one)) && judge(one) === 'inGrace'),
        ),
        newlyLockedOut: await counted(
          all.filter((one) => before(one) !== 'lockedOut' && judge(one) === 'lockedOut'),
        ),
      };
    },
  };
}

type CountNamed = (of: readonly Person[]) => Promise<Counted>;

const rolesIn = ({ requiredRoles, phishingResistantRoles }: SecondFactorView) => [
  ...requiredRoles,
  ...phishingResistantRoles,
];

/** A wrong name protects nobody, and nothing else would say so. */
function unowned(named: readonly string[], roles: RolesOfPeople): string[] {
  const owned = new Set([...roles.values()].flat());
  return [...new Set(named)].filter((name) => !owned.has(name));
}

async function countsOf(
  { level, judge }: Outlook,
  all: readonly Person[],
  counted: CountNamed,
): Promise<FactorOutlook> {
  const of = Map.groupBy(all, judge);
  return {
    level,
    ready: of.get('ready')?.length ?? 0,
    byProvider: of.get('byProvider')?.length ?? 0,
    mustAdd: of.get('mustAdd')?.length ?? 0,
    inGrace: await counted(of.get('inGrace') ?? []),
    lockedOut: await counted(of.get('lockedOut') ?? []),
  };
}

function holdersAmong(all: readonly Person[]): FactorCounts['held'] {
  const count = (has: (held: HeldFactors) => boolean) => all.filter(({ held }) => has(held)).length;
  return {
    passkeys: count(({ passkeys }) => passkeys > 0),
    devicePasskeys: count(({ devicePasskeys }) => devicePasskeys > 0),
    totp: count(({ totp }) => totp > 0),
    recoveryCodes: count(({ recoveryCodes }) => recoveryCodes > 0),
    rememberedDevices: count(({ rememberedDevices }) => rememberedDevices > 0),
    none: count((held) => lastingFactors(held) === 0),
  };
}
