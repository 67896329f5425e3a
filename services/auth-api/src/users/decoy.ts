/** Costs an unknown tenant the same work as a wrong password, so that the time does not tell which tenants exist. */
import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { CallOptions } from '@gatehouse/config-server-client/backend';
import { createSlowWork } from '@gatehouse/service-kit/limits/slow-work';
import { randomBytes, randomToken } from '@gatehouse/service-kit/random';
import type { Backends } from './backends.ts';

/** Resolves when as much was done as for a wrong password. @throws AppError (503) when too many wait already */
export type Decoy = (options: CallOptions) => Promise<void>;

const derive = promisify<Buffer, Buffer, number, { N: number }, Buffer>(scrypt);

/**
 * Asks a Configuration Server in use about a user that cannot exist: it does its own dummy hash. What the caller typed
 * never leaves for an environment that is not his. Without a link in use a hash of the same cost is made here.
 */
export function createDecoy(backends: Pick<Backends, 'anyInUse'>): Decoy {
  const slowWork = createSlowWork({ concurrency: 2, queueLength: 64 });

  return async (options) => {
    const backend = backends.anyInUse();
    if (backend === undefined) {
      await slowWork.run(() => derive(randomBytes(16), randomBytes(16), 32, { N: 16_384 }));
      return;
    }
    try {
      await backend.authenticate({ userName: randomToken(16), password: randomToken(16) }, options);
    } catch {
      // It always fails; how it fails is nobody's business.
    }
  };
}
