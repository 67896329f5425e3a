/** Keeps the last policy of second factors that was seen of each contact centre: it counts while Environment API cannot be asked. */
import { isDeepStrictEqual } from 'node:util';
import {
  type ContactCenterView,
  isStricter,
  type SecondFactorView,
  secondFactorViewSchema,
  strictestOf,
} from '@gatehouse/contracts/environment-api';
import { createGrowingCache } from '@gatehouse/service-kit/cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { AppError, unavailable } from '@gatehouse/service-kit/errors';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';

export interface KeptPoliciesOptions {
  db: Queryable;
  writer: Queryable;
  now: Clock;
  log: Logger;
}

/** A primary of another region that is away must not be asked at each sign-in. */
const pauseMs = 60_000;

export type KeptPolicies = ReturnType<typeof createKeptPolicies>;

/** A replica keeps this of a copy until the next one comes, so that a login costs no statement. */
interface Seen {
  version: number;
  copy: SecondFactorView;
  /** The policy that counts. */
  policy: SecondFactorView;
}

export function createKeptPolicies({ db, writer, now, log }: KeptPoliciesOptions) {
  const known = createGrowingCache<Seen>(10_000);
  const running = new Set<Promise<unknown>>();
  let pausedUntilMs = 0;

  const pause = (error: unknown, contactCenterId: string) => {
    pausedUntilMs = now() + pauseMs;
    log.warn({ err: error, contactCenterId }, 'the policy of second factors could not be kept');
  };

  /** `replaces`: a later version that may be replaced. One that another replica has kept meanwhile stays. */
  async function write(
    id: string,
    copy: { policy: SecondFactorView; version: number; replaces: number },
  ): Promise<void> {
    try {
      await writer.query({
        name: 'factor_policy_keep',
        text: `INSERT INTO auth.factor_policies (contact_center_id, policy, version) VALUES ($1, $2::jsonb, $3)
          ON CONFLICT (contact_center_id) DO UPDATE SET policy = excluded.policy, version = excluded.version
            WHERE factor_policies.version <= excluded.version OR factor_policies.version = $4`,
        values: [id, JSON.stringify(copy.policy), copy.version, copy.replaces],
      });
    } catch (error) {
      // A later sign-in writes it again.
      known.delete(id);
      pause(error, id);
    }
  }

  async function read(id: string): Promise<{ policy: unknown; version: number } | undefined> {
    const { rows } = await db.query<{ policy: unknown; version: string }>({
      name: 'factor_policy_last',
      text: 'SELECT policy, version FROM auth.factor_policies WHERE contact_center_id = $1',
      values: [id],
    });
    return rows[0] && { policy: rows[0].policy, version: Number(rows[0].version) };
  }

  function parsed(id: string, policy: unknown): SecondFactorView {
    const result = secondFactorViewSchema.safeParse(policy);
    if (result.success) return result.data;
    throw unavailable('Environment API', {
      detail: `the kept policy of contact centre ${id} is of a later release`,
    });
  }

  /**
   * A copy that is older than one that was seen is of a replica that is late, or Environment API was restored from an older copy. A demand
   * that was in force stays, until somebody stores a policy with all of them. `held`: what counts instead of the copy.
   */
  async function compared(id: string, policy: SecondFactorView, version: number) {
    const kept = await read(id);
    if (kept === undefined || kept.version <= version) return { replaces: version };
    const strictest = strictestOf(parsed(id, kept.policy), policy);
    if (!isStricter(policy, strictest)) return { replaces: kept.version };
    log.warn(
      { event: 'factor_policy_is_older', contactCenterId: id, version, keptVersion: kept.version, strictest },
      'the policy of second factors is older than one that was in force: what either demands counts, until a policy with all of it is stored',
    );
    return { replaces: version, held: strictest };
  }

  return {
    /** The policy that counts of a copy that Environment API gave, which is kept. Nobody waits for the writing. @throws AppError (503) */
    async counting({
      id,
      secondFactor: policy,
      version,
    }: Pick<ContactCenterView, 'id' | 'version'> & {
      secondFactor: SecondFactorView;
    }): Promise<SecondFactorView> {
      const seen = known.get(id);
      // Mostly it is the very object. A restored Environment API may give a version again with another policy.
      if (seen?.version === version && isDeepStrictEqual(seen.copy, policy)) return seen.policy;
      if (now() < pausedUntilMs) return policy;
      const found = await compared(id, policy, version).catch((error: unknown) => {
        if (error instanceof AppError) throw error;
        pause(error, id);
        return undefined;
      });
      if (found === undefined) return policy;
      known.set(id, { version, copy: policy, policy: found.held ?? policy });
      if (found.held !== undefined) return found.held;
      const { replaces } = found;
      const writing = write(id, { policy, version, replaces }).finally(() => running.delete(writing));
      running.add(writing);
      return policy;
    },
    /** Undefined: none was seen. @throws AppError (503) for a policy that this release cannot read; rejects while PostgreSQL is away */
    async lastSeen(id: string): Promise<SecondFactorView | undefined> {
      const kept = await read(id);
      return kept && parsed(id, kept.policy);
    },
    /** Ids of the first contact centres whose people may make passkeys, by what was last seen: those that want a proof of the model come first. */
    async withPasskeys(): Promise<string[]> {
      const { rows } = await db.query<{ id: string }>({
        name: 'factor_policies_with_passkeys',
        text: `SELECT contact_center_id AS id FROM auth.factor_policies
          WHERE policy -> 'allowedFactors' ? 'passkey' AND (policy ->> 'mode' <> 'off'
            OR policy -> 'requiredRoles' <> '[]' OR policy -> 'phishingResistantRoles' <> '[]')
          ORDER BY policy ->> 'attestation' = 'direct' DESC, contact_center_id LIMIT 20`,
      });
      return rows.map(({ id }) => id);
    },
    /** Of a contact centre that was deleted. */
    async forget(id: string): Promise<void> {
      known.delete(id);
      await writer.query('DELETE FROM auth.factor_policies WHERE contact_center_id = $1', [id]);
    },
    async settled(): Promise<void> {
      await Promise.all(running);
    },
  };
}
