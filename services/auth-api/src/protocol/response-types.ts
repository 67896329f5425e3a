/** What an authorization request may ask for, and how the answer travels (OAuth 2.0 Multiple Response Type Encoding Practices). */

export const responseTypes = ['code', 'token', 'id_token', 'id_token token', 'code id_token'] as const;
export type ResponseType = (typeof responseTypes)[number];

export const responseModes = ['query', 'fragment', 'form_post'] as const;

export type ResponseMode = (typeof responseModes)[number];

/** What one answer consists of. */
export type ResponsePart = 'code' | 'id_token' | 'token';

export function parseResponseType(text: string): ResponseType | undefined {
  const asked = wordsOf(text);
  return responseTypes.find((type) => wordsOf(type) === asked);
}

export function isResponseMode(text: string): text is ResponseMode {
  return (responseModes as readonly string[]).includes(text);
}

/** Section 2.1: where the client does not say; what holds a token never goes into a query. */
export function defaultResponseMode(responseType: ResponseType | undefined): ResponseMode {
  return responseType === undefined || responseType === 'code' ? 'query' : 'fragment';
}

export function includes(responseType: ResponseType, part: ResponsePart): boolean {
  return responseType.split(' ').includes(part);
}

function wordsOf(text: string): string {
  return text.split(' ').sort().join(' ');
}
