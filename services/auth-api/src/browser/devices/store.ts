/** Stores devices that wait for a user to let them in (RFC 8628): each request as polled requests are, its user code under a key of its own. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import type { DeviceRequest } from './device.ts';
import { createPolledRequests } from './polled-requests.ts';

export type DeviceStore = ReturnType<typeof createDeviceStore>;

/** Every method rejects while Redis is away; the error handlers answer 503. */
export function createDeviceStore(redis: RedisClient, keyspace: Keyspace, now: Clock) {
  const { save, findWaiting, answer, poll } = createPolledRequests<DeviceRequest>('device', {
    redis,
    keyspace,
    now,
  });
  const userCodeKey = (userCode: string) => keyspace.key('device-user-code', sha256(userCode));

  return {
    answer,
    poll,
    /** False when the user code is taken. */
    async save(request: DeviceRequest, secretHash: string): Promise<boolean> {
      const { deviceId, userCode, expiresAtMs } = request;
      const lifeMs = expiresAtMs - now();
      if ((await redis.set(userCodeKey(userCode), deviceId, 'PX', lifeMs, 'NX')) !== 'OK') return false;
      await save(deviceId, request, secretHash);
      return true;
    },

    /** The device that waits for this code. */
    async findByUserCode(userCode: string): Promise<DeviceRequest | undefined> {
      const deviceId = await redis.get(userCodeKey(userCode));
      return deviceId === null ? undefined : findWaiting(deviceId);
    },
  };
}
