/** Keeps a verified assertion for a minute, until the same browser returns by our own GET with its cookies; it is read once. */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import type { AssertedPerson } from '../asserted-person.ts';
import { readFlow, type SsoFlow, storedFlow } from '../login/flow.ts';

export interface SamlTicket {
  flow: SsoFlow & { protocol: 'saml' };
  person: AssertedPerson;
}

export type TicketStore = ReturnType<typeof createTicketStore>;

const lifeMs = 60_000;

const takeTicket = defineScript(`
local found = redis.call('HMGET', KEYS[1], 'data', 'browser')
if not found[1] or found[2] ~= ARGV[1] then return false end
redis.call('DEL', KEYS[1])
return found[1]
`);

const saveTicket = defineScript(`
redis.call('HSET', KEYS[1], 'data', ARGV[1], 'browser', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

export function createTicketStore(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (id: string) => keyspace.key('sso-ticket', sha256(id));
  return {
    async save(ticket: SamlTicket): Promise<string> {
      const id = randomToken();
      const { flow, person } = ticket;
      // Only a test shows what the provider sent.
      const kept = flow.trial === undefined ? { ...person, received: [] } : person;
      const stored = { flow: storedFlow(flow), person: kept };
      await saveTicket.run(redis, [keyOf(id)], [JSON.stringify(stored), ticket.flow.browserHash, lifeMs]);
      return id;
    },
    /** Undefined when it is gone; for another browser it stays. */
    async take(id: string, browserHash: string): Promise<SamlTicket | undefined> {
      const text = await takeTicket.run(redis, [keyOf(id)], [browserHash]);
      if (typeof text !== 'string') return undefined;
      const { flow, person } = JSON.parse(text) as SamlTicket;
      return { flow: readFlow(flow) as SamlTicket['flow'], person };
    },
  };
}
