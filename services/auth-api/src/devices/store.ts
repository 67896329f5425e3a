/** Stores devices that wait for a user to let them in (RFC 8628): the request with its answer under one key, its user code under another. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto/secrets';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis/client';
import { defineScript } from '@gatehouse/service-kit/redis/script';
import type { Grant } from '../tokens/grant.ts';
import { type DeviceRequest, type PollResult, pollIntervalSeconds } from './device.ts';

/** An expired request is kept for this long, so that the device learns that it expired. */
const rememberedMs = 600_000;

const saveRequest = defineScript(`
redis.call('HSET', KEYS[1], 'secret', ARGV[1], 'client', ARGV[2], 'request', ARGV[3], 'ends', ARGV[4], 'status', 'pending', 'interval', ARGV[5], 'polled', '0')
redis.call('PEXPIREAT', KEYS[1], ARGV[6])
return 1
`);

/** KEYS: device. ARGV: now (ms), approved or denied, grant (JSON) or ''. */
const answerRequest = defineScript(`
local r = redis.call('HMGET', KEYS[1], 'status', 'ends')
if r[1] ~= 'pending' or tonumber(r[2]) <= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[2], 'grant', ARGV[3])
return 1
`);

/**
 * Answers a poll; the grant is given out once. KEYS: device.
 * ARGV: secret hash, client id, now (ms), seconds that each early poll adds to the interval.
 */
const pollRequest = defineScript(`
local r = redis.call('HMGET', KEYS[1], 'secret', 'client', 'status', 'ends', 'interval', 'polled', 'grant')
if not r[1] or r[1] ~= ARGV[1] or r[2] ~= ARGV[2] then return {'unknown'} end
if r[3] == 'given' then return {'reused'} end
if r[3] == 'denied' then return {'denied'} end
if tonumber(r[4]) <= tonumber(ARGV[3]) then return {'expired'} end
if r[3] == 'approved' then
  redis.call('HSET', KEYS[1], 'status', 'given')
  redis.call('HDEL', KEYS[1], 'grant')
  return {'approved', r[7]}
end
local hasty = tonumber(ARGV[3]) - tonumber(r[6]) < tonumber(r[5]) * 1000
redis.call('HSET', KEYS[1], 'polled', ARGV[3])
if not hasty then return {'pending'} end
redis.call('HINCRBY', KEYS[1], 'interval', ARGV[4])
return {'slow_down'}
`);

export type DeviceStore = ReturnType<typeof createDeviceStore>;

/** Every method rejects while Redis is away; the error handlers answer 503. */
export function createDeviceStore(redis: RedisClient, keyspace: Keyspace, now: Clock) {
  const deviceKey = (deviceId: string) => keyspace.key('device', deviceId);
  const userCodeKey = (userCode: string) => keyspace.key('device-user-code', sha256(userCode));

  return {
    /** False when the user code is taken. */
    async save(request: DeviceRequest, secretHash: string): Promise<boolean> {
      const { deviceId, clientId, userCode, expiresAtMs } = request;
      const lifeMs = expiresAtMs - now();
      if ((await redis.set(userCodeKey(userCode), deviceId, 'PX', lifeMs, 'NX')) !== 'OK') return false;
      await saveRequest.run(
        redis,
        [deviceKey(deviceId)],
        [
          secretHash,
          clientId,
          JSON.stringify(request),
          expiresAtMs,
          pollIntervalSeconds,
          expiresAtMs + rememberedMs,
        ],
      );
      return true;
    },

    /** The device that waits for this code. */
    async findByUserCode(userCode: string): Promise<DeviceRequest | undefined> {
      const deviceId = await redis.get(userCodeKey(userCode));
      if (deviceId === null) return undefined;
      const [text, status] = await redis.hmget(deviceKey(deviceId), 'request', 'status');
      const request = text && status === 'pending' ? (JSON.parse(text) as DeviceRequest) : undefined;
      return request !== undefined && request.expiresAtMs > now() ? request : undefined;
    },

    /** False when the device does not wait any more. */
    async answer(deviceId: string, answer: Grant | 'denied'): Promise<boolean> {
      const parts = answer === 'denied' ? ['denied', ''] : ['approved', JSON.stringify(answer)];
      return (await answerRequest.run(redis, [deviceKey(deviceId)], [now(), ...parts])) === 1;
    },

    async poll(deviceId: string, secretHash: string, clientId: string): Promise<PollResult> {
      const [outcome, grant = ''] = (await pollRequest.run(
        redis,
        [deviceKey(deviceId)],
        [secretHash, clientId, now(), pollIntervalSeconds],
      )) as [PollResult['outcome'], string?];
      return outcome === 'approved' ? { outcome, grant: JSON.parse(grant) as Grant } : { outcome };
    },
  };
}
