/** Hashes and compares the passwords of people, a few at a time: what waits beyond is refused. */
import { hashPersonPassword, isPersonPassword } from '@gatehouse/caller-auth/credentials';
import { type PersonView, personPasswordPlace } from '@gatehouse/contracts/environment-api';
import { ConfigServerError } from '@gatehouse/people-directory';
import { randomToken, type SecretBox } from '@gatehouse/service-kit/crypto';
import { createSemaphore } from '@gatehouse/service-kit/limits';

export type PersonPasswords = ReturnType<typeof createPersonPasswords>;

/** Each takes one of the four threads of the process for some 25 ms, and 19 MiB. */
const concurrency = 2;
/** Nobody waits longer than the question of a login may take. */
const queueLength = 128;

export function createPersonPasswords(secretBox: SecretBox) {
  const slowWork = createSemaphore({ concurrency, queueLength });
  let dummy: Promise<string> | undefined;

  /** @throws ConfigServerError Overloaded, Aborted */
  async function run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await slowWork.run(async () => {
        if (signal?.aborted) throw new ConfigServerError('Aborted', 'the caller does not wait any more');
        return work();
      });
    } catch (error) {
      if (error instanceof ConfigServerError) throw error;
      throw new ConfigServerError('Overloaded', 'too many passwords wait to be compared', {
        retryAfterMs: 1_000,
        cause: error,
      });
    }
  }

  return {
    /** Undefined for nobody, and for a person without a password. @throws Error when the seal does not open */
    hashOf(person: PersonView | undefined): string | undefined {
      const envelope = person?.passwordEnvelope;
      if (person === undefined || envelope === undefined) return undefined;
      return secretBox.open(envelope, personPasswordPlace(person.id)).toString('utf8');
    },
    /** The same work where there is no hash: the time must not tell who is there. */
    async matches(hash: string | undefined, password: string, signal?: AbortSignal): Promise<boolean> {
      // Made at the first comparison, whoever is named: most installations have no people store.
      dummy ??= hashPersonPassword(randomToken());
      const dummyHash = await dummy;
      const isRight = await run(signal, () => isPersonPassword(hash ?? dummyHash, password));
      return isRight && hash !== undefined;
    },
    /** A hash of the password, sealed for the person. */
    async seal({ id }: Pick<PersonView, 'id'>, password: string, signal?: AbortSignal): Promise<string> {
      const hash = await run(signal, () => hashPersonPassword(password));
      return secretBox.seal(hash, personPasswordPlace(id));
    },
  };
}
