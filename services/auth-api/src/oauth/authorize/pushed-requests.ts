/** Stores pushed authorization requests (RFC 9126) in Redis until the browser comes with their `request_uri`. */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { defineScript, type Keyspace, type RedisClient } from '@gatehouse/service-kit/redis';
import { interactionLifeMs } from '../../browser/interactions/service.ts';

export interface PushedRequest {
  clientId: string;
  /** The parameters that the client sent, or those of its request object. */
  form: Record<string, string | string[]>;
  isSigned: boolean;
}

export interface PushedRequestsOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  ttlSeconds: number;
}

const prefix = 'urn:ietf:params:oauth:request_uri:';

/** KEYS: used, pushed. ARGV: how long a sign-in that started with the request may still wait (ms). */
const useOnce = defineScript(`
if not redis.call('SET', KEYS[1], '1', 'PX', ARGV[1], 'NX') then return 0 end
redis.call('DEL', KEYS[2])
return 1
`);

/** Any other `request_uri` is an address, which this server never reads. */
export function isPushedRequestUri(requestUri: string): boolean {
  return requestUri.startsWith(prefix) && requestUri.length < 128;
}

export type PushedRequests = ReturnType<typeof createPushedRequests>;

export function createPushedRequests({ redis, keyspace, ttlSeconds }: PushedRequestsOptions) {
  const keyOf = (requestUri: string) => keyspace.key('pushed-request', sha256(requestUri));
  const usedKeyOf = (requestUri: string) => keyspace.key('used-pushed-request', sha256(requestUri));
  return {
    ttlSeconds,
    /** Gives the `request_uri`. */
    async save(request: PushedRequest): Promise<string> {
      const requestUri = `${prefix}${randomToken()}`;
      await redis.set(keyOf(requestUri), JSON.stringify(request), 'EX', ttlSeconds);
      return requestUri;
    },
    /** Undefined: unknown, expired or answered already. */
    async find(requestUri: string): Promise<PushedRequest | undefined> {
      const text = await redis.get(keyOf(requestUri));
      return text === null ? undefined : (JSON.parse(text) as PushedRequest);
    },
    /** True for the first answer. Until then the browser may come again, as people reload the page (section 4). */
    async use(requestUri: string): Promise<boolean> {
      const keys = [usedKeyOf(requestUri), keyOf(requestUri)];
      return (await useOnce.run(redis, keys, [interactionLifeMs + ttlSeconds * 1000])) === 1;
    },
  };
}
