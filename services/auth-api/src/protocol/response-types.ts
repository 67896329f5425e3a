/** Defines response types and response modes (OAuth 2.0 Multiple Response Type Encoding Practices). */

export const responseTypes = ['code', 'token', 'id_token', 'id_token token', 'code id_token'] as const;
export type ResponseType = (typeof responseTypes)[number];

export const responseModes = ['query', 'fragment', 'form_post'] as const;

export type ResponseMode = (typeof responseModes)[number];

/** One part of a response type. */
export type ResponsePart = 'code' | 'id_token' | 'token';

export function parseResponseType(text: string): ResponseType | undefined {
  const asked = wordsOf(text);
  return responseTypes.find((type) => wordsOf(type) === asked);
}

export function isResponseMode(text: string): text is ResponseMode {
  return (responseModes as readonly string[]).includes(text);
}

/** Section 2.1: the mode if the request has none. A token never goes into a query. */
export function defaultResponseMode(responseType: ResponseType | undefined): ResponseMode {
  return responseType === undefined || responseType === 'code' ? 'query' : 'fragment';
}

export function includes(responseType: ResponseType, part: ResponsePart): boolean {
  return responseType.split(' ').includes(part);
}

function wordsOf(text: string): string {
  return text.split(' ').sort().join(' ');
}
