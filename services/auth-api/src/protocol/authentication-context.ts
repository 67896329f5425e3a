/** How sure a sign-in makes us: values of `acr` (OpenID Connect Core section 2), weakest first. */

/** A password at the Configuration Server, or whatever else proves one thing. */
const oneFactor = '1';
/** Said by a contact centre's own identity provider: nothing here asks for a second factor itself. */
export const moreFactors = '2';

/** RFC 8176: more than one factor. */
export const severalFactors = 'mfa';

export const supportedContexts: readonly string[] = [oneFactor, moreFactors];

/** The context that the methods of a sign-in (`amr`, RFC 8176) amount to. */
export function contextOf(methods: readonly string[]): string {
  return methods.includes(severalFactors) ? moreFactors : oneFactor;
}
