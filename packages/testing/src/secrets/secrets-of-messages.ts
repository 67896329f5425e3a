/** Finds the secrets in an HTTP message by their names in OAuth, in forms, in headers and in the answers of the APIs. */

export interface WatchedRequest {
  method: string;
  headers: Record<string, string | string[] | undefined>;
  query?: unknown;
  body?: unknown;
  routeOptions: { url?: string };
}

export interface WatchedReply {
  getHeader(name: string): number | string | string[] | undefined;
}

/** The kind of the secret, and the secret itself. */
export type NamedSecret = readonly [what: string, text: string];

const names = new Set([
  ...['access_token', 'refresh_token', 'id_token', 'token', 'subject_token', 'actor_token', 'id_token_hint'],
  ...['registration_access_token', 'logout_token', 'device_code', 'code', 'code_verifier', 'ticket'],
  ...['auth_req_id', 'login_hint_token', 'userCode', 'bearerToken'],
  ...['client_secret', 'clientSecret', 'encrypted_client_secret', 'client_assertion', 'assertion', 'secret'],
  ...['password', 'oldPassword', 'newPassword', 'confirmPassword', 'csrf', 'SAMLResponse', 'apiKey', 'key'],
]);
/** In an answer these are the code of an error and the key of a row. */
const notInAnswers = new Set(['code', 'key']);
/** A code in the fragment of a link. */
const linkCode = /^https?:[^#]+#([A-Za-z0-9_-]{43})$/;
const hiddenField = /name="(\w+)"[^>]*value="([^"]+)"/g;

export function secretsOfRequest({
  method,
  headers,
  query,
  body,
  routeOptions,
}: WatchedRequest): NamedSecret[] {
  const of = `sent to ${method} ${routeOptions.url ?? 'nowhere'}`;
  const { authorization, cookie, dpop } = headers;
  return [
    ...(typeof authorization === 'string' ? credentials(authorization) : []),
    ...(typeof dpop === 'string' ? [['proof', dpop] as const] : []),
    ...(typeof cookie === 'string' ? cookie.split(/; */).map(cookieValue) : []),
    ...members(query),
    ...members(body),
  ].map(([what, text]) => [`${what} ${of}`, text] as const);
}

export function secretsOfResponse(
  request: WatchedRequest,
  reply: WatchedReply,
  payload: unknown,
): NamedSecret[] {
  const of = `answered by ${request.method} ${request.routeOptions.url ?? 'nowhere'}`;
  const cookies = [reply.getHeader('set-cookie') ?? []].flat().map(String);
  return [
    ...cookies.map((line) => cookieValue(line.split(';')[0] ?? '')),
    ...parameters(String(reply.getHeader('location') ?? '')),
    ...(typeof payload === 'string' ? content(String(reply.getHeader('content-type') ?? ''), payload) : []),
  ].map(([what, text]) => [`${what} ${of}`, text] as const);
}

function credentials(authorization: string): NamedSecret[] {
  const [scheme = '', text = ''] = authorization.split(' ');
  if (scheme.toLowerCase() !== 'basic') return [[`${scheme} token`, text]];
  const password = Buffer.from(text, 'base64').toString().split(':').slice(1).join(':');
  return [
    ['Basic credentials', text],
    ['password of Basic', password],
  ];
}

function cookieValue(pair: string): NamedSecret {
  const [name = '', ...value] = pair.split('=');
  return [`cookie ${name}`, value.join('=')];
}

function parameters(address: string): NamedSecret[] {
  const texts = address.split(/[?#]/).slice(1);
  return texts.flatMap((text) => [...new URLSearchParams(text)]).filter(([name]) => names.has(name));
}

function content(type: string, text: string): NamedSecret[] {
  if (type.includes('json')) return members(parsed(text)).filter(([name]) => !notInAnswers.has(name));
  if (!type.includes('html')) return [];
  return [...text.matchAll(hiddenField)].flatMap(([, name = '', value = '']) =>
    names.has(name) ? [[name, value] as const] : [],
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of a parsed form, query or JSON document, at any depth. */
function members(value: unknown, depth = 0): NamedSecret[] {
  if (typeof value !== 'object' || value === null || depth > 8) return [];
  const entries = value instanceof URLSearchParams ? [...value] : Object.entries(value);
  return entries.flatMap(([name, inner]): NamedSecret[] =>
    typeof inner === 'string' ? secretsOfText(name, inner) : members(inner, depth + 1),
  );
}

function secretsOfText(name: string, text: string): NamedSecret[] {
  const code = linkCode.exec(text)?.[1];
  if (code !== undefined) return [[`code of the link ${name}`, code]];
  return names.has(name) ? [[name, text]] : [];
}
