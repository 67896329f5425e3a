/** Reads the password of an environment's service account: from a file, or asked for. */
import { type FieldOption, fieldsOf } from '../../input/fields.ts';
import { readSecretFile } from '../../input/file.ts';
import type { Session } from '../../session.ts';
import { askSecret } from '../../terminal/questions.ts';

export interface PasswordOption {
  passwordFile?: string;
}

export const passwordOption = [
  '--password-file <path>',
  'read the password of the service account; - for standard input',
] as const;

export async function withPassword(
  session: Session,
  options: PasswordOption,
  command: readonly FieldOption[],
): Promise<Record<string, unknown>> {
  const fields = await fieldsOf(session, options, command);
  if (options.passwordFile !== undefined)
    fields['password'] = await readSecretFile(session.terminal, options.passwordFile, 'The password');
  return fields;
}

export function askPassword({ terminal }: Session): Promise<string> {
  return askSecret(
    terminal,
    'The password of the service account',
    '--password-file names a file that holds it',
  );
}
