/** Describes what a token is bound to (RFC 7800 `cnf`) and checks whether a sender has proved it. */

export interface Confirmation {
  /** Thumbprint of the key that signs the DPoP proofs (RFC 9449 section 6). */
  jkt?: string | undefined;
  /** Thumbprint of the TLS client certificate (RFC 8705 section 3.1). */
  'x5t#S256'?: string | undefined;
}

/** Tells whether `proven` satisfies every binding of `bound`. */
export function isProvenBy(bound: Confirmation | undefined, proven: Confirmation | undefined): boolean {
  if (bound === undefined) return true;
  return (['jkt', 'x5t#S256'] as const).every(
    (binding) => bound[binding] === undefined || bound[binding] === proven?.[binding],
  );
}
