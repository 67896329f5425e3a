/** Logins by the pages as one more call of the steady load: each of another person, with a browser of its own. */
import type { Call } from '../../harness/calls.ts';
import { agentOf } from '../agents.ts';
import type { BenchStack } from '../bench-stack.ts';
import { targetOf } from '../login/targets.ts';
import { createLoginDriver } from '../login/whole-login.ts';

const perSecond = 5;
const atOnce = 8;

export function loginsByPages(stack: BenchStack, people: number) {
  const driver = createLoginDriver(targetOf(stack), atOnce);
  let person = 0;

  const send: Call['send'] = async () => {
    const { userName: username, password } = agentOf(person++ % people);
    try {
      await driver.open({ username, password, tenant: stack.user.tenant }).signIn();
      return { answer: { status: 200, body: undefined, requestId: '' }, isRight: true };
    } catch (error) {
      const failure = (error as Error).message;
      return { answer: { status: 0, body: undefined, requestId: '', error: failure }, isRight: false };
    }
  };

  return {
    call: { kind: 'login by pages', perSecond, atOnce, send } satisfies Call,
    close: () => driver.close(),
  };
}
