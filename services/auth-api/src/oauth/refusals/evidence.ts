/** Takes from a refused request what explains the refusal. No secret, code, token, assertion or password is ever among it. */
import { hasScheme, parseBasicCredentials } from '@gatehouse/caller-auth/credentials';
import type { AppError } from '@gatehouse/service-kit/errors';
import type { FastifyRequest } from 'fastify';
import { unprovedClaims } from '../../core/assertions/verify-jwt.ts';
import type { RequestParameters } from '../../core/protocol/parameters.ts';

/** Parameters that prove nothing. */
const shown = new Set([
  ...['client_id', 'response_type', 'response_mode', 'redirect_uri', 'scope', 'grant_type', 'prompt'],
  ...['code_challenge_method', 'audience', 'resource', 'requested_token_type', 'subject_token_type'],
  ...['actor_token_type', 'client_assertion_type', 'token_type_hint', 'max_age', 'acr_values'],
  ...['redirect_uris', 'grant_types', 'response_types', 'token_endpoint_auth_method'],
]);
/** Of these only the name is kept, of others not even that: a form that is none, such as JSON, has its secrets there. */
const named = new Set([
  ...[
    'client_secret',
    'client_assertion',
    'code',
    'code_verifier',
    'code_challenge',
    'refresh_token',
    'token',
  ],
  ...[
    'subject_token',
    'actor_token',
    'assertion',
    'username',
    'password',
    'tenant',
    'state',
    'nonce',
    'request',
  ],
  ...['request_uri', 'id_token_hint', 'login_hint', 'login_hint_token', 'authorization_details', 'claims'],
  ...['device_code', 'auth_req_id', 'user_code', 'binding_message', 'dpop_jkt', 'registration', 'ui_locales'],
]);
/** Stands for what is not kept. */
const hidden = '…';
const maxLength = 200;
const maxIdLength = 128;
const maxDetailLength = 500;
/** Shorter values are no secrets of ours, and would hide words of other parameters. */
const minSecretLength = 6;

type Given = Record<string, string | readonly string[]>;

const judged = new WeakMap<object, RequestParameters>();

/** Says what a request is judged by, where that does not stand in its address or form: pushed, posted or signed before. */
export function noteJudged(request: object, parameters: RequestParameters): void {
  judged.set(request, parameters);
}

export interface Evidence {
  /** The client that the request names, proved or not; empty where it names none. */
  clientId: string;
  /** The sentence of the error, which may quote the request. */
  detail: string;
  sent: Record<string, string>;
}

export function evidenceOf(
  request: FastifyRequest,
  endpoint: string,
  { detail, message }: Pick<AppError, 'detail' | 'message'>,
): Evidence {
  const given = givenBy(request, endpoint);
  const secrets = secretsIn(given);
  const sent = Object.entries(given).flatMap(([name, value]) => {
    if (shown.has(name)) return [[name, shownValue([value].flat().join(' '), secrets, maxLength)]];
    return named.has(name) ? [[name, hidden]] : [];
  });
  return {
    clientId: storable(claimedClientId(request, endpoint, given), maxIdLength),
    detail: shownValue(detail ?? message, secrets, maxDetailLength),
    sent: { ...headersOf(request), ...Object.fromEntries(sent) },
  };
}

/** Text that PostgreSQL takes. */
function storable(text: string, length: number): string {
  const cut = text.length > length ? `${text.slice(0, length)}${hidden}` : text;
  return cut.replace(/\p{Cc}/gu, '?').toWellFormed();
}

function givenBy(request: FastifyRequest, endpoint: string): Given {
  const noted = judged.get(request);
  if (noted !== undefined) return noted.all();
  const { query, body } = request;
  const isRead = isForm(request) || endpoint === 'register';
  const source: object = { ...(query as object), ...(isRead ? (body as object | undefined) : undefined) };
  return Object.fromEntries(Object.entries(source).filter(([, value]) => isText(value) && value !== ''));
}

const isText = (value: unknown) =>
  typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'));

const contentTypeOf = ({ headers }: FastifyRequest): string =>
  headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';

const isForm = (request: FastifyRequest) => contentTypeOf(request) === 'application/x-www-form-urlencoded';

function claimedClientId({ headers, params }: FastifyRequest, endpoint: string, given: Given): string {
  const { client_id: inAddress } = params as { client_id?: unknown };
  const { client_id: inForm, client_assertion: assertion } = given;
  // At the authorization endpoint it would be the name of a person.
  const basic =
    endpoint === 'authorize' ? undefined : parseBasicCredentials(headers.authorization)[0]?.username;
  const signed = typeof assertion === 'string' ? unprovedClaims(assertion)['sub'] : undefined;
  const claimed = [inAddress, inForm, basic, signed].find((one) => typeof one === 'string' && one !== '');
  return String(claimed ?? '');
}

/** They are kept nowhere, in whichever parameter they stand. */
function secretsIn(given: Given): string[] {
  return Object.entries(given)
    .filter(([name]) => !shown.has(name))
    .flatMap(([, value]) => value)
    .filter((text) => text.length >= minSecretLength);
}

function shownValue(text: string, secrets: readonly string[], length: number): string {
  const isSecret = secrets.some((secret) => text.includes(secret)) || /eyJ[\w-]{8,}\.[\w-]+/.test(text);
  if (isSecret) return hidden;
  const bare = text.replace(/\/\/[^/?#@\s]*@/g, `//${hidden}@`);
  return storable(bare.replace(/([?&#][^=&#\s]*)=[^&#\s]*/g, `$1=${hidden}`), length);
}

const schemes = ['Basic', 'Bearer', 'DPoP'] as const;

/** How the request proves its sender, and the form of its body when that is none. */
function headersOf(request: FastifyRequest): Record<string, string> {
  const { authorization, dpop } = request.headers;
  const type = contentTypeOf(request);
  const scheme = schemes.find((one) => hasScheme(authorization, one.toLowerCase() as Lowercase<typeof one>));
  return {
    ...(authorization === undefined ? {} : { Authorization: scheme ?? hidden }),
    ...(dpop === undefined ? {} : { DPoP: hidden }),
    ...(!isForm(request) && /^[a-z]+\/[\w.+-]{1,60}$/.test(type) ? { 'Content-Type': type } : {}),
  };
}
