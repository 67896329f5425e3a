/** Checks which response type a client may ask for, and by which response mode the answer may travel. */
import {
  invalidRequest,
  unauthorizedClient,
  unsupportedResponseType,
} from '@gatehouse/service-kit/errors/oauth-error';
import { type Client, followsFapi, hasBoundTokens } from '../clients/client.ts';
import type { RequestParameters } from '../protocol/parameters.ts';
import {
  defaultResponseMode,
  includes,
  isResponseMode,
  parseResponseType,
  type ResponseMode,
  type ResponseType,
  responseModes,
} from '../protocol/response-types.ts';

/** Gives the response mode of answers and errors: the requested one if it is possible, else the default. */
export function responseModeOf(parameters: RequestParameters, redirectUri: string): ResponseMode {
  const type = parseResponseType(parameters.get('response_type') ?? '');
  const mode = parameters.get('response_mode');
  return mode !== undefined && responseModeProblem(mode, type, redirectUri) === undefined
    ? (mode as ResponseMode)
    : defaultResponseMode(type);
}

interface Request {
  client: Client;
  redirectUri: string;
  parameters: RequestParameters;
}

export function checkResponseType({ client, parameters }: Request): ResponseType {
  const text = parameters.get('response_type');
  if (text === undefined) throw invalidRequest('The parameter response_type is missing');
  const responseType = parseResponseType(text);
  if (responseType === undefined) throw unsupportedResponseType('This response_type is not known');
  if (!client.responseTypes.includes(responseType)) {
    throw unauthorizedClient('The client may not use this response_type: it is not among its responseTypes');
  }
  // FAPI 2.0 section 5.3.2.2: only a code may pass through the browser.
  if (responseType !== 'code' && followsFapi(client)) {
    throw unsupportedResponseType('The response_type of this client must be code');
  }
  // A redirected browser proves no key, so a token in its address cannot be bound.
  if (includes(responseType, 'token') && hasBoundTokens(client)) {
    throw unauthorizedClient('The tokens of this client are bound to its key: none travels by the browser');
  }
  return responseType;
}

export function checkResponseMode({ parameters, redirectUri }: Request, responseType: ResponseType): void {
  const mode = parameters.get('response_mode');
  const problem = mode === undefined ? undefined : responseModeProblem(mode, responseType, redirectUri);
  if (problem !== undefined) throw invalidRequest(problem);
}

function responseModeProblem(
  mode: string,
  responseType: ResponseType | undefined,
  redirectUri: string,
): string | undefined {
  if (!isResponseMode(mode)) return `The response_mode must be one of ${responseModes.join(', ')}`;
  // Multiple Response Type Encoding Practices section 5: tokens in a query end up in logs and histories.
  if (mode === 'query' && defaultResponseMode(responseType) !== 'query')
    return 'The response_mode query is for the response_type code alone';
  // A browser cannot post a form to the private scheme of an application.
  if (mode === 'form_post' && !/^https?:/i.test(redirectUri))
    return 'The response_mode form_post needs an https redirect_uri';
  return undefined;
}
