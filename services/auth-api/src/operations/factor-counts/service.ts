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
import type { AuditWriter } from '../../records/audit/event.ts';
import type { SeenPeople } from '../../records/audit/seen-people.ts';
import { helpDeskEventOf } from '../help-desk/events.ts';
import type { HelpDeskPeople } from '../help-desk/people.ts';
import { type Outlook, outlookOf, type Person, type PolicyOutlook, type Standing } from './outlook.ts';

export interface FactorCountsOptions {
  people: Pick<HelpDeskPeople, 'contactCenter'>;
  seen: Pick<SeenPeople, 'entrants' | 'namesOf'>;
  /** What each person of a contact centre has, by `sub`. */
  heldOf(contactCenterId: string): Promise<ReadonlyMap<string, HeldFactors>>;
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
export function createFactorCounts({ people, seen, heldOf, audit, now }: FactorCountsOptions) {
  const readPeople = async (contactCenterId: string) => {
    const [entrants, held] = await Promise.all([
      seen.entrants(now() - lookBackMs, contactCenterId),
      heldOf(contactCenterId),
    ]);
    const found = new Map<string, Person>(
      [...held].map(([sub, has]) => [sub, { sub, held: has, isByProvider: false }]),
    );
    for (const { sub, isByProvider } of entrants.people)
      found.set(sub, { sub, held: held.get(sub) ?? nothing, isByProvider });
    return { all: [...found.values()], since: new Date(entrants.sinceMs).toISOString() };
  };

  /** What both answers have, and the means to count on. */
  const open = async (contactCenter: string, actor: Actor) => {
    const place = await people.contactCenter(contactCenter, actor.within);
    const { id: contactCenterId } = place;
    const fields = { purpose: 'factors' };
    await audit.write(helpDeskEventOf('access_inspected', actor, { contactCenterId, fields }));
    const { all, since } = await readPeople(contactCenterId);
    const policy: SecondFactorView = place.secondFactor ?? noPolicy;
    const counted = async (of: readonly Person[]): Promise<Counted> => {
      const subs = of.slice(0, maxNamedPeople).map(({ sub }) => sub);
      const names = await seen.namesOf(subs, contactCenterId);
      return { count: of.length, names: names.map(({ userName }) => userName) };
    };
    const present = outlookOf(policy, now());
    const counts: FactorCounts = {
      ...{ contactCenterId, people: all.length, since, held: holdersAmong(all) },
      now: await verdictOf(present, all, counted),
    };
    return { policy, all, counted, present, counts };
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
      const { policy, all, counted, present, counts } = await open(contactCenter, actor);
      const changed: SecondFactorView = { ...policy, ...definedOnly(change) };
      const isRaised = isStricter(policy, changed);
      const raised = isRaised ? { ...changed, raisedAt: new Date(now()).toISOString() } : changed;
      const next = outlookOf(raised, now());
      const before = present.everybody.judge;
      const judge = next.everybody.judge;
      const comesIn: readonly Standing[] = ['ready', 'byProvider', 'mustAdd'];
      return {
        ...counts,
        after: await verdictOf(next, all, counted),
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

async function verdictOf(
  { everybody, roles, ...times }: PolicyOutlook,
  all: readonly Person[],
  counted: CountNamed,
): Promise<FactorVerdict> {
  return {
    ...times,
    everybody: await countsOf(everybody, all, counted),
    roles: await Promise.all(
      roles.map(async (one) => ({ roles: [...one.roles], ...(await countsOf(one, all, counted)) })),
    ),
  };
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
