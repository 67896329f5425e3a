/** Defines the values of `acr` (OpenID Connect Core section 2), weakest first, and derives them from `amr`. */

/** One factor, such as a password at the Configuration Server. */
const oneFactor = '1';
/** Several factors, as a contact centre's identity provider reports them: Gatehouse itself asks for one. */
export const moreFactors = '2';

/** The `amr` value of RFC 8176 for more than one factor. */
export const severalFactors = 'mfa';

export const supportedContexts: readonly string[] = [oneFactor, moreFactors];

/** The context of a login with these methods (`amr`, RFC 8176). */
export function contextOf(methods: readonly string[]): string {
  return methods.includes(severalFactors) ? moreFactors : oneFactor;
}
