/** Reads what the browser says of the page on which a passkey was used (WebAuthn section 5.8.1), and refuses pages that are not ours. */
import { z } from 'zod';
import { refused } from './refusals.ts';

const clientDataSchema = z.object({
  type: z.string(),
  challenge: z.string().min(1),
  origin: z.string(),
  crossOrigin: z.unknown().optional(),
  topOrigin: z.unknown().optional(),
});

/** Resolves the challenge, which the caller looks up: it may be anybody's. @throws AppError */
export function challengeOf(
  clientDataJson: string,
  expected: { type: 'webauthn.create' | 'webauthn.get'; origin: string },
): string {
  const { type, challenge, origin, crossOrigin, topOrigin } = parse(clientDataJson);
  if (type !== expected.type) throw refused('passkey_invalid', `client data has the type ${type}`);
  // The whole origin: a suffix or a prefix of it is another site.
  if (origin !== expected.origin)
    throw refused('passkey_foreign_page', `client data has the origin ${origin}`);
  // Section 13.4.2: a page that frames ours could have it clicked. The library looks at neither at a registration, and lets frames of
  // browsers pass that name no top origin.
  if ((crossOrigin !== undefined && crossOrigin !== false) || topOrigin !== undefined)
    throw refused('passkey_foreign_page', `client data is of a frame below ${String(topOrigin)}`);
  return challenge;
}

function parse(clientDataJson: string) {
  try {
    return clientDataSchema.parse(JSON.parse(Buffer.from(clientDataJson, 'base64url').toString()));
  } catch (error) {
    throw refused('passkey_invalid', 'the client data cannot be read', error);
  }
}
