/** Keeps in Redis the tickets by which a test begins, each for one use, and the results for the administrator who began it. */
import type { SsoTrial } from '@gatehouse/contracts/auth-administration';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import type { SsoFlow, TrialOwner } from './flow.ts';

export interface TrialTicket {
  place: Pick<SsoFlow, 'protocol' | 'contactCenterId' | 'location'>;
  owner: TrialOwner;
}

export interface TrialResult {
  owner: TrialOwner;
  trial: SsoTrial;
}

export type TrialStore = ReturnType<typeof createTrialStore>;

const ticketLifeMs = 5 * 60_000;
/** The page can be loaded again so long. */
const resultLifeMs = 10 * 60_000;

export function createTrialStore(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (kind: 'ticket' | 'result', id: string) => keyspace.key(`sso-trial-${kind}`, sha256(id));
  const save = async (kind: 'ticket' | 'result', value: TrialTicket | TrialResult, lifeMs: number) => {
    const id = randomToken();
    await redis.set(keyOf(kind, id), JSON.stringify(value), 'PX', lifeMs);
    return id;
  };
  const parsed = <T>(text: string | null) => (text === null ? undefined : (JSON.parse(text) as T));

  return {
    saveTicket: (ticket: TrialTicket) => save('ticket', ticket, ticketLifeMs),
    takeTicket: async (id: string) => parsed<TrialTicket>(await redis.getdel(keyOf('ticket', id))),
    saveResult: (result: TrialResult) => save('result', result, resultLifeMs),
    readResult: async (id: string) => parsed<TrialResult>(await redis.get(keyOf('result', id))),
  };
}
