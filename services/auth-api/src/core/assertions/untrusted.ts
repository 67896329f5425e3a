/** An assertion of another party that is not trusted; the message is only for the log. */
export class UntrustedAssertion extends Error {}
