/** Costs an unknown tenant the same work as a wrong password, so that the time does not tell which tenants exist. */
import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { CallOptions, ConfigurationBackend } from '@gatehouse/config-server-client/backend';
import { randomBytes, randomToken } from '@gatehouse/service-kit/random';

const derive = promisify<Buffer, Buffer, number, { N: number }, Buffer>(scrypt);

/**
 * Asks a Configuration Server in use about a user that cannot exist: it does its own dummy hash. What the caller typed
 * never leaves for an environment that is not his. Without a link in use a hash of the same cost is made here.
 */
export async function workInVain(
  backend: ConfigurationBackend | undefined,
  options: CallOptions,
): Promise<void> {
  if (backend === undefined) {
    await derive(randomBytes(16), randomBytes(16), 32, { N: 16_384 });
    return;
  }
  try {
    await backend.authenticate({ userName: randomToken(16), password: randomToken(16) }, options);
  } catch {
    // It always fails; how it fails is nobody's business.
  }
}
