/** Does the work of a wrong password for an account that cannot exist, so that the time does not tell which tenants exist. */
import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { CallOptions } from '@gatehouse/people-directory';
import { randomBytes, randomToken } from '@gatehouse/service-kit/crypto';
import { createSemaphore } from '@gatehouse/service-kit/limits';
import type { EnvironmentLinks } from '../directories/environment-links.ts';

/** @throws AppError (503) when too many callers wait already */
export type DummyVerification = (options: CallOptions) => Promise<void>;

/** Several times what a busy server takes. */
const longestWaitMs = 1_000;

const derive = promisify<Buffer, Buffer, number, { N: number }, Buffer>(scrypt);

/**
 * Asks a Configuration Server in use for a random user: the server computes its own dummy hash. The caller's input is
 * not sent to an environment of somebody else. Without a link in use, a hash of the same cost is computed here.
 */
export function createDummyVerification(links: Pick<EnvironmentLinks, 'anyInUse'>): DummyVerification {
  const slowWork = createSemaphore({ concurrency: 2, queueLength: 64 });

  return async (options) => {
    const backend = links.anyInUse();
    if (backend === undefined) {
      await slowWork.run(() => derive(randomBytes(16), randomBytes(16), 32, { N: 16_384 }));
      return;
    }
    // It is somebody else's server: one that hangs must not hold up the refusal of others. Aborted, because a timeout
    // would count against the server.
    const signals = [options.signal, AbortSignal.timeout(longestWaitMs)].filter(
      (signal) => signal !== undefined,
    );
    // The call always fails; the reason does not matter.
    await backend
      .authenticate(
        { userName: randomToken(16), password: randomToken(16) },
        { signal: AbortSignal.any(signals) },
      )
      .catch(() => undefined);
  };
}
