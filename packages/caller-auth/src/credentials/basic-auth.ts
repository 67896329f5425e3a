/** Parses Authorization headers: Basic (RFC 7617), Bearer (RFC 6750) and DPoP (RFC 9449). */

export interface Credentials {
  username: string;
  password: string;
}

const maxLength = 4096;
const maxTokenLength = 12_288;

/**
 * Returns the possible readings of a Basic header, the raw one first; none when the header is not well-formed.
 * RFC 6749 section 2.3.1 asks clients to form-encode their credentials first; many do not, so each reading is tried.
 */
export function parseBasicCredentials(header: string | undefined): Credentials[] {
  const encoded =
    header && header.length <= maxLength ? /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header)?.[1] : undefined;
  if (!encoded || encoded.replace(/=+$/, '').length % 4 === 1) return [];
  const text = decodeUtf8(Buffer.from(encoded, 'base64'));
  const colon = text?.indexOf(':') ?? -1;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 7617 section 2 forbids control characters.
  if (text === undefined || colon < 1 || /[\u0000-\u001f\u007f]/.test(text)) return [];
  const raw = { username: text.slice(0, colon), password: text.slice(colon + 1) };
  // Most credentials need no decoding.
  if (!/[%+]/.test(text)) return [raw];
  const decoded = { username: formDecode(raw.username), password: formDecode(raw.password) };
  if (decoded.username === undefined || decoded.password === undefined) return [raw];
  const isSame = decoded.username === raw.username && decoded.password === raw.password;
  return isSame ? [raw] : [raw, decoded as Credentials];
}

export function hasScheme(header: string | undefined, scheme: 'basic' | 'bearer' | 'dpop'): boolean {
  return header?.slice(0, scheme.length + 1).toLowerCase() === `${scheme} `;
}

/** Returns the token of a Bearer header (RFC 6750 section 2.1); undefined for every other header. */
export function parseBearerToken(header: string | undefined): string | undefined {
  return header && header.length <= maxTokenLength
    ? /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(header)?.[1]
    : undefined;
}

/** Returns the token of a DPoP header (RFC 9449 section 7.1); undefined for every other header. */
export function parseDpopToken(header: string): string | undefined {
  return header.length <= maxTokenLength ? /^dpop +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(header)?.[1] : undefined;
}

function decodeUtf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  // Bytes that are no UTF-8 become the replacement character, which no credential contains.
  return text.includes('\ufffd') ? undefined : text;
}

function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
