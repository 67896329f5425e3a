/** Takes from a refused request what explains the refusal. No secret, code, token, assertion or password is ever among it. */
import { hasScheme, parseBasicCredentials } from '@gatehouse/caller-auth/credentials';
import type { AppError } from '@gatehouse/service-kit/errors';
import type { FastifyRequest } from 'fastify';
import { unprovedClaims } from '../../core/assertions/verify-jwt.ts';
import type { RequestParameters } from '../../core/protocol/parameters.ts';
import { shownUnknownId } from '../../core/protocol/unknown-client-id.ts';
import { registered } from '../../registry/clients/table.ts';

/** Parameters that prove nothing. */
const shown = new Set([
  ...['client_id', 'response_type', 'response_mode', 'redirect_uri', 'scope', 'grant_type', 'prompt'],
  ...['code_challenge_method', 'audience', 'resource', 'requested_token_type', 'subject_token_type'],
  ...['actor_token_type', 'client_assertion_type', 'token_type_hint', 'max_age', 'acr_values'],
]);
/** Of a registration: what the description of a client names, without what holds keys. */
const ofRegistration = new Set<string>(
  registered.filter(({ isJson }) => !isJson).map(({ member }) => member),
);
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
/** Shorter ones hide a whole word alone: a part of other words they may be by chance. */
const minPartLength = 6;
/** They are no secrets, and may be a word of other parameters. */
const harmless = new Set(['tenant', 'state', 'nonce', 'ui_locales', 'code_challenge', 'binding_message']);

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
  { detail, message, refusal }: Pick<AppError, 'detail' | 'message' | 'refusal'>,
): Evidence {
  const given = givenBy(request, endpoint);
  const isShown = (name: string) => shown.has(name) || (endpoint === 'register' && ofRegistration.has(name));
  const secrets = secretsIn(given, request, isShown);
  const sent = Object.entries(given).flatMap(([name, value]) => {
    if (isShown(name)) return [[name, shownValue([value].flat().join(' '), secrets, maxLength)]];
    return named.has(name) ? [[name, hidden]] : [];
  });
  const claimed = claimedClientId(request, endpoint, given);
  const isUnknown = refusal === 'unknown_client';
  const clientId = storable(isUnknown ? shownUnknownId(claimed, secrets) : claimed, maxIdLength);
  return {
    clientId,
    detail: shownValue(detail ?? message, secrets, maxDetailLength),
    sent: {
      ...headersOf(request),
      ...Object.fromEntries(sent),
      ...(isUnknown && clientId !== '' && { client_id: clientId }),
    },
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
  const entries = Object.entries(source).map(([name, value]) => [name, plainOf(value)]);
  return Object.fromEntries(entries.filter(([, value]) => isText(value) && value !== ''));
}

/** Metadata of a registration may be flags and numbers. */
const plainOf = (value: unknown) =>
  typeof value === 'boolean' || typeof value === 'number' ? String(value) : value;

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
function secretsIn(given: Given, { headers }: FastifyRequest, isShown: (name: string) => boolean): string[] {
  const inForm = Object.entries(given)
    .filter(([name]) => !isShown(name) && !harmless.has(name))
    .flatMap(([, value]) => value);
  const inHeader = parseBasicCredentials(headers.authorization).map(({ password }) => password);
  return [...inForm, ...inHeader].filter((text) => text !== '');
}

function isAmong(text: string, secret: string): boolean {
  if (secret.length >= minPartLength) return text.includes(secret);
  return text === secret || text.split(/[^\p{L}\p{N}_-]+/u).includes(secret);
}

function shownValue(text: string, secrets: readonly string[], length: number): string {
  const isSecret = secrets.some((secret) => isAmong(text, secret)) || /eyJ[\w-]{8,}\.[\w-]+/.test(text);
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
