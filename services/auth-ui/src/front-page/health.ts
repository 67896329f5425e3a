/** Tells whether people can sign in, by the call that every sign-in page makes. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';

/** Anybody may ask, so that all questions of this time are one to Auth API. */
const keptMs = 1000;

export type Health = ReturnType<typeof createHealth>;

export function createHealth({ authApi, now }: { authApi: AuthApiClient; now: Clock }) {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let answer: Promise<boolean> = Promise.resolve(false);

  /** Of a login that does not exist: the internal listener, the service client and Redis take part in the answer. */
  async function ask(): Promise<boolean> {
    try {
      await authApi.readInteraction('health', undefined);
      return true;
    } catch {
      return false;
    }
  }

  return {
    canSignIn(): Promise<boolean> {
      if (now() - askedAtMs >= keptMs) {
        askedAtMs = now();
        answer = ask();
      }
      return answer;
    },
  };
}
