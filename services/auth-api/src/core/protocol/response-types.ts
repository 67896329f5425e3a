/** Defines response types and response modes (OAuth 2.0 Multiple Response Type Encoding Practices). */
import { responseTypes } from '@gatehouse/contracts/resources';

export type ResponseType = (typeof responseTypes)[number];

/** How an answer travels. */
const plainResponseModes = ['query', 'fragment', 'form_post'] as const;

export type ResponseMode = (typeof plainResponseModes)[number];

/** JARM section 2.3: the same ways for one signed JWT; `jwt` stands for the way of the response type. */
export const responseModes = [
  ...plainResponseModes,
  'jwt',
  ...plainResponseModes.map((mode) => `${mode}.jwt` as const),
];

/** One part of a response type. */
export type ResponsePart = 'code' | 'id_token' | 'token';

export function parseResponseType(text: string): ResponseType | undefined {
  const asked = wordsOf(text);
  return responseTypes.find((type) => wordsOf(type) === asked);
}

/** Undefined for a mode that is not known. */
export function parseResponseMode(
  text: string,
  responseType: ResponseType | undefined,
): { mode: ResponseMode; asJwt: boolean } | undefined {
  if (!(responseModes as readonly string[]).includes(text)) return undefined;
  const asJwt = text.endsWith('jwt');
  const way = asJwt ? text.replace(/\.?jwt$/, '') : text;
  return { mode: way === '' ? defaultResponseMode(responseType) : (way as ResponseMode), asJwt };
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
