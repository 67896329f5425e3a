/** Codes of the operating system and the resolver that mean: nobody answered there. */

const codes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

export function isConnectionFailure(error: { code?: string }): boolean {
  return codes.has(error.code ?? '');
}
