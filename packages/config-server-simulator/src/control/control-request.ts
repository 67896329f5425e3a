/** What an operator may ask of a running simulator that the protocol has no message for, and how it is done. */
import { toFlag } from '@gatehouse/config-server-client/model/enumerations';
import { z } from 'zod';
import { RequestRefused } from '../server/request-refused.ts';
import type { Simulator } from '../simulator.ts';

export const personCommands = [
  'unlock',
  'enable',
  'disable',
  'force-password-change',
  'expire-password',
] as const;

const userName = z.string().min(1).max(255);

export const controlRequestSchema = z.discriminatedUnion('command', [
  z.strictObject({ command: z.enum(personCommands), userName }),
  z.strictObject({ command: z.literal('set-password'), userName, password: z.string().min(1).max(1_024) }),
  z.strictObject({ command: z.literal('switchover') }),
]);

export type ControlRequest = z.infer<typeof controlRequestSchema>;

export const controlAnswerSchema = z.union([
  z.strictObject({ done: z.string(), userName: z.string().optional(), dbid: z.int().optional() }),
  z.strictObject({ error: z.string(), message: z.string() }),
]);

export type ControlAnswer = z.infer<typeof controlAnswerSchema>;

/** Errors: RequestRefused; Error where a switchover is not possible. */
export async function perform(request: ControlRequest, simulator: Simulator): Promise<ControlAnswer> {
  const { command } = request;
  if (command === 'switchover') {
    await simulator.switchover();
    return { done: command };
  }
  const person = simulator.store.personNamed(request.userName);
  if (person === undefined) throw new RequestRefused('CFGObjectNotFound', 'there is no such person');
  const dbid = person['DBID'] as number;
  await change(request, dbid, simulator);
  return { done: command, userName: String(person['userName']), dbid };
}

async function change(
  request: Exclude<ControlRequest, { command: 'switchover' }>,
  dbid: number,
  { store }: Simulator,
): Promise<void> {
  switch (request.command) {
    case 'unlock':
      return store.unlock(dbid);
    case 'enable':
    case 'disable':
      await store.setEnabled(dbid, request.command === 'enable');
      return;
    case 'force-password-change':
      await store.updatePerson(dbid, { changePasswordOnNextLogin: toFlag(true) });
      return;
    case 'expire-password':
      await store.expirePassword(dbid);
      return;
    case 'set-password':
      await store.updatePerson(dbid, { password: request.password });
  }
}
