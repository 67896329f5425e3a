/** Counts the people of a shared environment who belong to none of its contact centres, or to several. */
import { type MembershipCounts, maxNamedPeople } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { AppError, notFound } from '@gatehouse/service-kit/errors';
import type { Actor } from '../../core/administration/actor.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { SharedPeople } from '../../people/directories/members.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { serverTimeoutMs } from './accounts.ts';
import { helpDeskEventOf } from './events.ts';

export interface MembershipCountsOptions {
  contactCenters: Pick<ContactCenterService, 'environment' | 'ofEnvironment' | 'get'>;
  users: Pick<UserService, 'openShared'>;
  audit: Pick<AuditWriter, 'write'>;
}

export interface CountLimits {
  people: number;
  /** Logins use the same servers. */
  pageSize: number;
  signal: AbortSignal;
}

const maxPeople = 10_000;
const pageSize = 50;
/** An operator waits for the answer, behind proxies that wait for a minute at most. */
const maxMs = 20_000;

/** @throws AppError 404, 503 */
export function createMembershipCounts({ contactCenters, users, audit }: MembershipCountsOptions) {
  return async (environmentId: string, actor: Actor): Promise<MembershipCounts> => {
    const environment = await contactCenters.environment(environmentId);
    if (environment === undefined) throw notFound(`There is no environment ${JSON.stringify(environmentId)}`);
    const all = await contactCenters.ofEnvironment(environmentId);
    const found = await Promise.all(all.map(({ id }) => contactCenters.get(id)));
    const active = found.filter((contactCenter) => contactCenter !== undefined);
    const answer = { environmentId, contactCenters: active.length };
    if (active.length < 2) return { ...answer, ...nobodyCounted() };
    const fields = { purpose: 'memberships', environmentId };
    await audit.write(helpDeskEventOf('access_inspected', actor, { fields }));
    const signal = AbortSignal.timeout(maxMs);
    try {
      const options = { signal, deadlineMs: serverTimeoutMs };
      const shared = await users.openShared(environment, active, options);
      return { ...answer, ...(await countPeople(shared, { people: maxPeople, pageSize, signal })) };
    } catch (cause) {
      const message = 'The directory of the environment does not answer; try again';
      throw new AppError('temporarily_unavailable', 503, message, { retryAfterSeconds: 1, cause });
    }
  };
}

type Counts = Omit<MembershipCounts, 'environmentId' | 'contactCenters'>;

/** A limit ends the count, and the answer has the people until then. Errors: those of the questions. */
export async function countPeople(shared: SharedPeople, limits: CountLimits): Promise<Counts> {
  const { pageSize: limit, signal } = limits;
  const counts = nobodyCounted();
  let lookedAt = 0;
  let after: string | undefined;
  do {
    const options = { signal, deadlineMs: serverTimeoutMs };
    const page = await shared(definedOnly({ after, limit }), options).catch((error) => {
      if (!signal.aborted) throw error;
    });
    if (page === undefined) return { ...counts, isWhole: false };
    for (const { userName, isDisabled, places } of page.people) {
      if (isDisabled) continue;
      counts.people += 1;
      if (places === 0) add(counts.inNone, userName);
      if (places > 1) add(counts.inSeveral, userName);
    }
    counts.isWhole &&= !page.isCut;
    lookedAt += page.people.length;
    after = page.next;
  } while (after !== undefined && lookedAt < limits.people);
  return { ...counts, isWhole: counts.isWhole && after === undefined };
}

function nobodyCounted(): Counts {
  return { people: 0, inNone: { count: 0, names: [] }, inSeveral: { count: 0, names: [] }, isWhole: true };
}

function add(counted: Counts['inNone'], userName: string): void {
  counted.count += 1;
  if (counted.names.length < maxNamedPeople) counted.names.push(userName);
}
