/** `admin`: changes to the estate of a running simulator, and its switchover. */
import type { ParseArgsOptionsConfig } from 'node:util';
import { askControl } from '../control/ask-control.ts';
import { type ControlRequest, personCommands } from '../control/control-request.ts';
import type { Output } from './output.ts';

export const adminArgs = {
  control: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

export const adminHelp = `Commands of admin, each for a simulator on this machine that runs with the same --control FILE:
  unlock USER                  lifts a lock-out, and lets an account in again that expired
  enable USER, disable USER
  force-password-change USER   the next login must change the password
  expire-password USER         the password counts as too old, where the tenant has password-expiration
  set-password USER            the new password is read from standard input; the tenant's rules do not apply
  switchover                   a primary hands over to its backup`;

/** The exit code: 0 done, 1 refused. Errors: a sentence for a wrong option, or when no server answers. */
export async function admin(
  positionals: string[],
  control: string | undefined,
  readPassword: () => Promise<string>,
  output: Output,
): Promise<number> {
  if (control === undefined) throw new Error('--control FILE is missing: the one that serve was given');
  const answer = await askControl(control, await requestOf(positionals, readPassword));
  output.record(answer);
  return 'error' in answer ? 1 : 0;
}

async function requestOf(
  [command = '', userName, ...more]: string[],
  readPassword: () => Promise<string>,
): Promise<ControlRequest> {
  const known = personCommands.find((name) => name === command);
  if (known === undefined && command !== 'set-password' && command !== 'switchover')
    throw new Error(`admin ${command === '' ? 'what' : `"${command}"`}? See --help`);
  if (more.length > 0) throw new Error(`admin ${command}: "${more[0]}" is one argument too many`);
  if (command === 'switchover') {
    if (userName !== undefined) throw new Error('admin switchover takes no user name');
    return { command };
  }
  if (userName === undefined || userName === '') throw new Error(`admin ${command} whom? Give the user name`);
  if (known !== undefined) return { command: known, userName };
  const password = await readPassword();
  if (password === '') throw new Error('admin set-password: the new password on standard input is empty');
  return { command: 'set-password', userName, password };
}
