/** Notices attempts on an account that have the same password as one which is being answered, so that all need one place. */
import { createHmac } from 'node:crypto';
import { randomBytes } from '@gatehouse/service-kit/crypto/secrets';

/** The attempt that the others wait for. */
interface Asked {
  mark: string;
  /** No other password was tried since. */
  isAlone: boolean;
  answer: Promise<boolean>;
}

export function createSamePassword() {
  // Of this process, and a mark ends with its attempt: nothing of a password is kept.
  const key = randomBytes(32);
  const askedByAccount = new Map<string, Asked>();

  /** Call it for every attempt, and `leave` when it was answered. `answer`: whether the same password was right just now. */
  return (account: string, password: string) => {
    const mark = createHmac('sha256', key).update(`${account}\n${password}`).digest('base64url');
    const asked = askedByAccount.get(account);
    if (asked === undefined) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      askedByAccount.set(account, { mark, isAlone: true, answer: promise });
      return {
        answer: undefined,
        leave(wasRight: boolean) {
          askedByAccount.delete(account);
          resolve(wasRight);
        },
      };
    }
    // The first other password ends it: who guesses must not compare guesses with a login of the person, which costs nothing.
    if (asked.mark !== mark) asked.isAlone = false;
    return { answer: asked.isAlone ? asked.answer : undefined, leave: () => undefined };
  };
}
