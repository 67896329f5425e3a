/** Builds the parts of a page that shows a secret once, at a sign-in and in the account area: of an app, or recovery codes. */
import { qrCodeOf } from './qr-code.ts';

export const appParts = ({ uri, secret }: { uri: string; secret: string }) => ({
  uri,
  picture: qrCodeOf(uri),
  // In groups of four: one loses the place in 32 characters.
  groups: secret.match(/.{1,4}/g) ?? [],
});

/** `owner`: the line that says whose codes they are. */
export const recoveryCodeParts = (owner: string, codes: readonly string[]) => ({
  owner,
  codes: [...codes],
  // Works without a script, and the codes go nowhere.
  download: `data:text/plain;charset=utf-8,${encodeURIComponent([owner, '', ...codes, ''].join('\r\n'))}`,
  script: 'recovery-codes.js' as const,
});
