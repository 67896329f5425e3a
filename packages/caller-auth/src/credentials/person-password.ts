/** Says which passwords people of the people store may have, hashes them and compares them. */
import { hashSlowly, matchesSlowHash } from './stored-secret.ts';

const minCharacters = 12;
const maxCharacters = 128;

export type PasswordRuleName = 'min-length' | 'max-length' | 'user-name' | 'no-repeats';

/** Keyboards send letters and accents apart or as one (NIST SP 800-63B section 5.1.1.2). */
const oneSpelling = (password: string) => password.normalize('NFKC');

/** As `hashSlowly`: the caller bounds how many run at once. */
export function hashPersonPassword(password: string): Promise<string> {
  return hashSlowly(oneSpelling(password));
}

/** As `matchesSlowHash`: the caller bounds how many run at once. */
export function isPersonPassword(hash: string, password: string): Promise<boolean> {
  return matchesSlowHash(hash, oneSpelling(password));
}

/**
 * The rules that a new password breaks. None asks for kinds of characters: such rules make passwords that are alike (NIST
 * SP 800-63B appendix A.3). `isPresent`: whether it is the present password.
 */
export function brokenPasswordRules(
  password: string,
  { userName, isPresent }: { userName: string; isPresent: boolean },
): PasswordRuleName[] {
  const text = oneSpelling(password);
  const { length } = [...text];
  const rules: [PasswordRuleName, isBroken: boolean][] = [
    ['min-length', length < minCharacters],
    ['max-length', length > maxCharacters],
    ['user-name', text.toLowerCase() === oneSpelling(userName).toLowerCase()],
    ['no-repeats', isPresent],
  ];
  return rules.filter(([, isBroken]) => isBroken).map(([name]) => name);
}
