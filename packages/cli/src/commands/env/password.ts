/** Reads the password of the account that reads people of an environment: from a file, or asked for. */
import { type FieldOption, fieldsOf } from '../../input/fields.ts';
import { readSecretFile } from '../../input/file.ts';
import type { Session } from '../../session.ts';
import { askSecret } from '../../terminal/questions.ts';

export interface PasswordOption {
  passwordFile?: string;
  bindPasswordFile?: string;
}

export const passwordOption = [
  '--password-file <path>',
  'read the password of the service account; - for standard input',
] as const;

export const bindPasswordOption = [
  '--bind-password-file <path>',
  'read the password of the LDAP account; - for standard input',
] as const;

export async function withPassword(
  session: Session,
  options: PasswordOption,
  command: readonly FieldOption[],
): Promise<Record<string, unknown>> {
  const fields = await fieldsOf(session, options, command);
  if (options.passwordFile !== undefined)
    fields['password'] = await readSecretFile(session.terminal, options.passwordFile, 'The password');
  if (options.bindPasswordFile !== undefined) {
    const what = 'The password of the LDAP account';
    fields['ldap.bindPassword'] = await readSecretFile(session.terminal, options.bindPasswordFile, what);
  }
  return fields;
}

/** The fields of a new environment with the password of the account that reads people, which is asked for. */
export async function withAccount(
  session: Session,
  fields: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (fields['directory'] === 'people') return fields;
  if (fields['directory'] !== 'ldap')
    return { ...fields, password: fields['password'] ?? (await askPassword(session)) };
  const ldap = (fields['ldap'] ?? {}) as Record<string, unknown>;
  return {
    ...fields,
    ldap: { ...ldap, bindPassword: ldap['bindPassword'] ?? (await askBindPassword(session)) },
  };
}

function askBindPassword({ terminal }: Session): Promise<string> {
  return askSecret(
    terminal,
    'The password of the LDAP account',
    '--bind-password-file names a file that holds it',
  );
}

export function askPassword({ terminal }: Session): Promise<string> {
  return askSecret(
    terminal,
    'The password of the service account',
    '--password-file names a file that holds it',
  );
}
