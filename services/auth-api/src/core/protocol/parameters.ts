/** Reads the parameters of an OAuth request, each at most once and never empty (RFC 6749 sections 3.1 and 3.2), and scopes (section 3.3). */
import formbody from '@fastify/formbody';
import { invalidRequest, invalidScope, oauthErrorHandler } from '@gatehouse/caller-auth/oauth-errors';
import type { App } from '@gatehouse/service-kit/http';

export interface RequestParameters {
  get(name: string): string | undefined;
  /** Only for parameters that may repeat. */
  list(name: string): string[];
  /** In the form that readParameters() accepts. */
  all(): Record<string, string | string[]>;
}

/** RFC 8693 section 2.1 and RFC 8707 section 2 let these repeat. */
const repeatable = new Set(['audience', 'resource']);

/**
 * Reads a parsed query or form body. A parameter without a value counts as absent.
 * @throws OAuthError invalid_request if one is repeated.
 */
export function readParameters(source: unknown): RequestParameters {
  const values = new Map<string, string | string[]>();
  for (const [name, value] of Object.entries((source ?? {}) as Record<string, unknown>)) {
    const given = Array.isArray(value) ? readRepeated(name, value) : String(value);
    if (given.length > 0) values.set(name, given);
  }
  return {
    get(name) {
      const given = values.get(name);
      return typeof given === 'object' ? given[0] : given;
    },
    list: (name) => [values.get(name) ?? []].flat(),
    all: () => Object.fromEntries(values),
  };
}

function readRepeated(name: string, values: readonly unknown[]): string | string[] {
  if (values.length > 1 && !repeatable.has(name)) {
    throw invalidRequest(`The parameter ${quoted(name)} is given more than once`, {
      // Not its name: a form that is none may hold a secret there.
      detail: 'a parameter is given more than once',
      field: quoted(name),
      refusal: 'parameter_repeated',
    });
  }
  const present = values.map(String).filter((text) => text !== '');
  return present.length === 1 ? (present[0] as string) : present;
}

/** @throws OAuthError invalid_request when the parameter is missing. */
export function requireParameter(parameters: RequestParameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw missing(name);
  return value;
}

export function missing(name: string) {
  return invalidRequest(`The parameter ${name} is missing`, { field: name, refusal: 'parameter_missing' });
}

/** Hides the other parameters. */
export function onlyThose(
  parameters: RequestParameters,
  isMeant: (name: string) => boolean,
): RequestParameters {
  return {
    get: (name) => (isMeant(name) ? parameters.get(name) : undefined),
    list: (name) => (isMeant(name) ? parameters.list(name) : []),
    all: () => Object.fromEntries(Object.entries(parameters.all()).filter(([name]) => isMeant(name))),
  };
}

/** For objects that are sent as JSON: an absent value is an absent key. */
export function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

/** RFC 6749 section 5.2 allows error descriptions printable ASCII without quote and backslash. */
function quoted(name: string): string {
  return name.replace(/[^\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, 64);
}

/** Stands for every scope in a registration and in a grant. */
export const everyScope = '*';

/** Requests an ID token (OpenID Connect Core section 3.1.2.1). */
export const openidScope = 'openid';
/** Requests a refresh token (section 11). */
export const offlineScope = 'offline_access';

const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const maxScopes = 100;
/** Of an error description. */
const maxNamedScopes = 200;

/** The scope values of a parameter, each once and in order; undefined if the text breaks the grammar. */
export function parseScope(text: string): string[] | undefined {
  const values = [...new Set(text.split(' ').filter((value) => value !== ''))];
  if (values.length === 0 || values.length > maxScopes) return undefined;
  return values.every((value) => scopeToken.test(value)) ? values : undefined;
}

/** The scope of a request. @throws OAuthError invalid_scope for a text that breaks the grammar */
export function readScope(parameters: RequestParameters): string[] | undefined {
  const text = parameters.get('scope');
  const scope = text === undefined ? undefined : parseScope(text);
  if (text !== undefined && scope === undefined)
    throw invalidScope('The scope is malformed: send names with spaces between them', {
      refusal: 'scope_malformed',
    });
  return scope;
}

/** As narrowScope, for what a client may have. @throws OAuthError invalid_scope, which names what it may not have */
export function grantableScope(requested: string[] | undefined, allowed: string[]): string[] {
  const scope = narrowScope(requested, allowed);
  if (scope === undefined) throw scopeNotAllowed(requested, allowed);
  return scope;
}

export function scopeNotAllowed(requested: string[] | undefined, allowed: readonly string[]) {
  // Their grammar has neither quote nor backslash. A value that looks like a token is not named: the sentence is logged too.
  const refused = (requested ?? [])
    .filter((value) => !allowed.includes(value))
    .map((value) => (/[\w-]{40}/.test(value) ? '...' : value))
    .join(' ');
  const named = refused.length > maxNamedScopes ? `${refused.slice(0, maxNamedScopes)}...` : refused;
  return invalidScope(`The client may not have this scope: ${named}`, { refusal: 'scope_not_allowed' });
}

/** The scope to grant: the requested one if all of it is allowed, all that is allowed if none was requested, else undefined. */
export function narrowScope(requested: string[] | undefined, allowed: string[]): string[] | undefined {
  if (requested === undefined) return allowed;
  return isWithinScope(requested, allowed) ? requested : undefined;
}

export function isWithinScope(requested: string[], allowed: string[]): boolean {
  return allowed.includes(everyScope) || requested.every((value) => allowed.includes(value));
}

/** The intersection, which may be empty. */
export function commonScope(left: string[], right: string[]): string[] {
  if (left.includes(everyScope)) return right;
  if (right.includes(everyScope)) return left;
  return left.filter((value) => right.includes(value));
}

/**
 * Limits a scope of routes to form bodies (RFC 6749 section 3.2): other content types are answered with 415. A request
 * without a body is an empty form, so that handlers may read it.
 */
export async function readOnlyForms(scope: App): Promise<void> {
  scope.removeAllContentTypeParsers();
  await scope.register(formbody);
  scope.addHook('preValidation', (request, _reply, done) => {
    request.body ??= {};
    done();
  });
}

/** Prepares a scope of endpoints that clients call by form: OAuth errors, and answers that nobody keeps. */
export async function answerClients(scope: App): Promise<void> {
  scope.setErrorHandler(oauthErrorHandler);
  await readOnlyForms(scope);
  scope.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
}

/** A validator for schemas that only document: the handler reads the request by rules that a schema cannot express. */
export const describeOnly = () => (value: unknown) => ({ value });
