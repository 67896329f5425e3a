/** Notices attempts that ask the Configuration Server what it is being asked already, so that all share one place and answer. */
import { createHmac, createSecretKey } from 'node:crypto';
import type { AuthenticatedUser } from '@gatehouse/people-directory';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import type { PasswordIsOver } from '../../directories/sign-in-error.ts';

/** The server's answer to a right password. */
export interface Proof {
  user: Pick<AuthenticatedUser, 'userDbid' | 'tenantDbid' | 'passwordExpiresInDays'>;
  /** Absent: the password goes on. */
  over?: PasswordIsOver | undefined;
  /** A moment before it was asked. */
  provedAtMs: number;
}

/** The attempt that the others wait for. */
interface Asked {
  mark: string;
  /** No other password was tried since. */
  isAlone: boolean;
  proof: Promise<Proof | undefined>;
}

export function createSamePassword() {
  // Of this process, and a mark ends with its attempt: nothing of a password is kept.
  const key = createSecretKey(randomBytes(32));
  const askedByAccount = new Map<string, Asked>();

  /** Call it for every attempt, and `leave` when it was answered. `proof`: that of the same question, if its answer is yes. */
  return (account: string, question: string) => {
    const mark = createHmac('sha256', key).update(`${account}\n${question}`).digest('base64url');
    const asked = askedByAccount.get(account);
    if (asked === undefined) {
      const { promise, resolve } = Promise.withResolvers<Proof | undefined>();
      askedByAccount.set(account, { mark, isAlone: true, proof: promise });
      return {
        proof: undefined,
        leave(proof?: Proof) {
          askedByAccount.delete(account);
          resolve(proof);
        },
      };
    }
    // The first other password ends it: who guesses must not compare guesses with a login of the person, which costs nothing.
    if (asked.mark !== mark) asked.isAlone = false;
    return { proof: asked.isAlone ? asked.proof : undefined, leave: () => undefined };
  };
}
