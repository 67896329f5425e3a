/** Authorization requests that clients pushed (RFC 9126): kept for the one minute until the browser comes with their name. */
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import { randomToken } from '@gatehouse/service-kit/random';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import { defineScript } from '@gatehouse/service-kit/redis/script';
import { interactionLifeMs } from '../interactions/service.ts';

export interface PushedRequest {
  clientId: string;
  /** As the client sent them, or as its request object says. */
  form: Record<string, string | string[]>;
  isSigned: boolean;
}

export interface PushedRequests {
  readonly ttlSeconds: number;
  /** Its `request_uri`. */
  save(request: PushedRequest): Promise<string>;
  /** Undefined: unknown, expired or answered already. */
  find(requestUri: string): Promise<PushedRequest | undefined>;
  /**
   * True for the first answer to it. Until then the browser may come again: people reload, and look at what they
   * were sent before they go on (section 4).
   */
  use(requestUri: string): Promise<boolean>;
}

export interface PushedRequestsOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  ttlSeconds: number;
}

const prefix = 'urn:ietf:params:oauth:request_uri:';

/** KEYS: used, pushed. ARGV: how long a sign-in that began with it may still wait (ms). */
const useOnce = defineScript(`
if not redis.call('SET', KEYS[1], '1', 'PX', ARGV[1], 'NX') then return 0 end
redis.call('DEL', KEYS[2])
return 1
`);

/** Of ours; what else stands in `request_uri` is an address, which nobody reads. */
export function isPushedRequestUri(requestUri: string): boolean {
  return requestUri.startsWith(prefix) && requestUri.length < 128;
}

export function createPushedRequests(options: PushedRequestsOptions): PushedRequests {
  const { redis, keyspace, ttlSeconds } = options;
  const keyOf = (requestUri: string) => keyspace.key('pushed-request', sha256(requestUri));
  const usedKeyOf = (requestUri: string) => keyspace.key('used-pushed-request', sha256(requestUri));
  return {
    ttlSeconds,
    async save(request) {
      const requestUri = `${prefix}${randomToken()}`;
      await redis.set(keyOf(requestUri), JSON.stringify(request), 'EX', ttlSeconds);
      return requestUri;
    },
    async find(requestUri) {
      const text = await redis.get(keyOf(requestUri));
      return text === null ? undefined : (JSON.parse(text) as PushedRequest);
    },
    async use(requestUri) {
      const keys = [usedKeyOf(requestUri), keyOf(requestUri)];
      return (await useOnce.run(redis, keys, [interactionLifeMs + ttlSeconds * 1000])) === 1;
    },
  };
}
