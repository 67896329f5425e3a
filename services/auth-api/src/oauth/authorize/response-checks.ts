/** Checks which response type a client may ask for, and by which response mode the answer may travel. */
import {
  invalidRequest,
  unauthorizedClient,
  unsupportedResponseType,
} from '@gatehouse/caller-auth/oauth-errors';
import { missing, type RequestParameters } from '../../core/protocol/parameters.ts';
import {
  defaultResponseMode,
  includes,
  parseResponseMode,
  parseResponseType,
  type ResponseMode,
  type ResponseType,
  responseModes,
} from '../../core/protocol/response-types.ts';
import { type Client, followsFapi, hasBoundTokens } from '../../registry/clients/client.ts';

/** Gives the response mode of answers and errors: the requested one if it is possible, else the default. */
export function responseModeOf({ client, parameters, redirectUri }: Request): {
  responseMode: ResponseMode;
  asJwt?: true;
} {
  const type = parseResponseType(parameters.get('response_type') ?? '');
  const text = parameters.get('response_mode');
  const asked = text === undefined ? undefined : parseResponseMode(text, type);
  const isPossible =
    text !== undefined && responseModeProblem(text, type, { client, redirectUri }) === undefined;
  const asJwt = takesJwts(client) || (isPossible && asked?.asJwt === true);
  return {
    responseMode: isPossible && asked !== undefined ? asked.mode : defaultResponseMode(type),
    ...(asJwt ? { asJwt } : {}),
  };
}

/** JARM section 3: a client that registers how its responses are protected gets no others. */
function takesJwts({ authorizationSignedResponseAlg, authorizationEncryptedResponseAlg }: Client): boolean {
  return authorizationSignedResponseAlg !== undefined || authorizationEncryptedResponseAlg !== undefined;
}

interface Request {
  client: Client;
  redirectUri: string;
  parameters: RequestParameters;
}

export function checkResponseType({ client, parameters }: Request): ResponseType {
  const text = parameters.get('response_type');
  if (text === undefined) throw missing('response_type');
  const responseType = parseResponseType(text);
  if (responseType === undefined) throw unsupportedResponseType('This response_type is not known');
  if (!client.responseTypes.includes(responseType)) {
    throw unauthorizedClient('The client may not use this response_type: it is not among its responseTypes', {
      refusal: 'response_type_not_allowed',
    });
  }
  // FAPI 2.0 section 5.3.2.2: only a code may pass through the browser.
  if (responseType !== 'code' && followsFapi(client)) {
    throw unsupportedResponseType('The response_type of this client must be code', {
      refusal: 'response_type_not_allowed',
    });
  }
  // A redirected browser proves no key, so a token in its address cannot be bound.
  if (includes(responseType, 'token') && hasBoundTokens(client)) {
    throw unauthorizedClient('The tokens of this client are bound to its key: none travels by the browser', {
      refusal: 'response_type_not_allowed',
    });
  }
  return responseType;
}

export function checkResponseMode(request: Request, responseType: ResponseType): void {
  const mode = request.parameters.get('response_mode');
  const problem = mode === undefined ? undefined : responseModeProblem(mode, responseType, request);
  if (problem !== undefined) throw invalidRequest(problem);
}

function responseModeProblem(
  text: string,
  responseType: ResponseType | undefined,
  { client, redirectUri }: Pick<Request, 'client' | 'redirectUri'>,
): string | undefined {
  const { mode, asJwt } = parseResponseMode(text, responseType) ?? {};
  if (mode === undefined) return `The response_mode must be one of ${responseModes.join(', ')}`;
  // An attacker who changes the request on its way must not get an answer that anybody can read or make up.
  if (!asJwt && takesJwts(client)) return 'The response_mode of this client must be one that ends in jwt';
  // Also as a JWT, signed or encrypted. Multiple Response Type Encoding Practices section 5: tokens in a query end up in logs and histories.
  if (mode === 'query' && defaultResponseMode(responseType) !== 'query')
    return 'A response in the query is for the response_type code alone';
  // A browser cannot post a form to the private scheme of an application.
  if (mode === 'form_post' && !/^https?:/i.test(redirectUri))
    return 'A response by form_post needs an https redirect_uri';
  return undefined;
}
