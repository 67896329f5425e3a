/** Reads the password of the account that reads people of an environment: from a file, or asked for. */

import { defaultDirectory, directories, peopleSources } from '@gatehouse/contracts/environment-api';
import type { NewEnvironment } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import { secretFrom, secretOf } from '../../input/file.ts';
import type { Session } from '../../session.ts';

const ofLdap = 'The password of the LDAP account';

export interface PasswordOption {
  passwordFile?: string;
}

export interface PasswordOptions extends PasswordOption {
  bindPasswordFile?: string;
}

export const passwordOption = (command: Command): Command =>
  command.option('--password-file <path>', 'read the password of the service account; - for standard input');

export const passwordOptions = (command: Command): Command =>
  passwordOption(command).option(
    '--bind-password-file <path>',
    'read the password of the LDAP account; - for standard input',
  );

/** The password from the file that is named, if one is. */
export async function passwordOf(
  { terminal }: Session,
  { passwordFile }: PasswordOption,
): Promise<{ password?: string }> {
  return definedOnly({ password: await secretFrom(terminal, passwordFile, 'The password') });
}

/** The fields with the passwords from the files that are named. */
export async function withPasswords<Fields extends Pick<NewEnvironment, 'password' | 'ldap'>>(
  session: Session,
  fields: Fields,
  { bindPasswordFile, ...options }: PasswordOptions,
): Promise<Fields> {
  const whole = { ...fields, ...(await passwordOf(session, options)) };
  const bindPassword = await secretFrom(session.terminal, bindPasswordFile, ofLdap);
  return bindPassword === undefined ? whole : { ...whole, ldap: { ...fields.ldap, bindPassword } };
}

/** The fields of a new environment with the password of the account that reads people, which is asked for. */
export async function withAccount(session: Session, fields: NewEnvironment): Promise<NewEnvironment> {
  // The API refuses a name that it does not know.
  const directory = directories.find((one) => one === fields.directory) ?? defaultDirectory;
  const { needs } = peopleSources[directory];
  if (needs.includes('password'))
    return { ...fields, password: fields.password ?? (await askPassword(session)) };
  if (!needs.includes('ldap.bindPassword')) return fields;
  const ask = () => secretOf(session.terminal, ['--bind-password-file', undefined], ofLdap);
  return { ...fields, ldap: { ...fields.ldap, bindPassword: fields.ldap?.bindPassword ?? (await ask()) } };
}

export function askPassword({ terminal }: Session): Promise<string> {
  return secretOf(terminal, ['--password-file', undefined], 'The password of the service account');
}
