/** Reads authorization details (RFC 9396): checks them against their registered types, and compares them when tokens are narrowed. */
import { isDeepStrictEqual } from 'node:util';
import { OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import {
  type DetailType,
  invisible,
  type MemberKind,
  visibleText,
  visibleTexts,
} from '@gatehouse/contracts/resources';
import { anyJson } from '@gatehouse/contracts/values';
import { z } from 'zod';

/** Section 2.2: members whose meaning is the same in every type. */
const listMembers = ['locations', 'actions', 'datatypes', 'privileges'] as const;
type ListMember = (typeof listMembers)[number];

export type AuthorizationDetail = { type: string; identifier?: string } & { [L in ListMember]?: string[] } & {
  [member: string]: unknown;
};

/** With the addresses of its resource, which `locations` may name. */
export type KnownDetailType = DetailType & { locations: readonly string[] };

/** A JWT access token with these fits into a request header. */
const maxLength = 4096;
const maxDetails = 20;

const commonMembers = {
  type: visibleText,
  identifier: visibleText,
  locations: visibleTexts,
  actions: visibleTexts,
  datatypes: visibleTexts,
  privileges: visibleTexts,
};
const kinds: Record<MemberKind, z.ZodType> = {
  text: visibleText,
  texts: visibleTexts,
  number: z.number(),
  boolean: z.boolean(),
  object: anyJson().refine(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      !invisible.test(JSON.stringify(value)),
  ),
};

/** Section 5. */
export function invalidDetails(description: string): OAuthError {
  return new OAuthError('invalid_authorization_details', 400, description);
}

/** Reads the parameter without knowing the types. @throws OAuthError */
export function parseDetails(parameter: string): AuthorizationDetail[] {
  if (parameter.length > maxLength)
    throw invalidDetails(`authorization_details is longer than ${maxLength} characters`);
  const parsed = parse(parameter);
  const isList = Array.isArray(parsed) && parsed.length > 0 && parsed.length <= maxDetails;
  if (!isList || !parsed.every(hasType)) {
    throw invalidDetails(
      `authorization_details must be a JSON array of 1 to ${maxDetails} objects, each with a type`,
    );
  }
  return parsed;
}

/** Refuses what the definition does not name (section 5). @throws OAuthError */
export function requireConformity(detail: AuthorizationDetail, known: KnownDetailType): void {
  for (const [name, value] of Object.entries(detail)) {
    const problem = memberProblem(name, value, known);
    if (problem !== undefined)
      throw invalidDetails(`authorization_details of the type ${known.type}: ${printable(name)} ${problem}`);
  }
  const missing = known.required?.find((name) => !Object.hasOwn(detail, name));
  if (missing !== undefined)
    throw invalidDetails(`authorization_details of the type ${known.type}: ${missing} is missing`);
}

function memberProblem(name: string, value: unknown, known: KnownDetailType): string | undefined {
  if (name === 'type') return undefined;
  const schema = schemaOf(name, known);
  if (schema === undefined) return 'is not a member of this type';
  if (!schema.success(value)) return `must be ${schema.wanted}`;
  if (!isListMember(name)) return undefined;
  const allowed = known[name] ?? [];
  const other = (value as string[]).find((item) => !allowed.includes(item));
  return other === undefined ? undefined : `must be some of ${allowed.join(', ')}`;
}

function schemaOf(name: string, known: KnownDetailType) {
  const kind = Object.hasOwn(known.members ?? {}, name) ? known.members?.[name] : undefined;
  if (isListMember(name)) {
    if (known[name] === undefined || known[name].length === 0) return undefined;
    return checkOf(commonMembers[name], 'an array of texts');
  }
  if (name === 'identifier')
    return known.identifier ? checkOf(commonMembers.identifier, 'a text') : undefined;
  return kind === undefined ? undefined : checkOf(kinds[kind], `of the kind ${kind}`);
}

const checkOf = (schema: z.ZodType, wanted: string) => ({
  wanted,
  success: (value: unknown) => schema.safeParse(value).success,
});

/**
 * The requested details, if they ask for no more than was granted: each object must be a granted one with shorter lists. A list
 * that is absent does not restrict. @throws OAuthError
 */
export function narrowDetails(
  asked: readonly AuthorizationDetail[],
  granted: readonly AuthorizationDetail[],
): AuthorizationDetail[] {
  if (!asked.every((detail) => granted.some((whole) => isWithin(detail, whole))))
    throw invalidDetails('authorization_details asks for more than was granted');
  return [...asked];
}

function isWithin(part: AuthorizationDetail, whole: AuthorizationDetail): boolean {
  const names = new Set([...Object.keys(part), ...Object.keys(whole)]);
  return [...names].every((name) => {
    if (!isListMember(name)) return isDeepStrictEqual(part[name], whole[name]);
    const [asked, granted] = [part[name], whole[name]];
    if (granted === undefined) return visibleTexts.safeParse(asked).success;
    return Array.isArray(asked) && asked.length > 0 && asked.every((item) => granted.includes(item));
  });
}

function isListMember(name: string): name is ListMember {
  return (listMembers as readonly string[]).includes(name);
}

function hasType(value: unknown): value is AuthorizationDetail {
  return (
    typeof value === 'object' &&
    value !== null &&
    visibleText.safeParse((value as { type?: unknown }).type).success
  );
}

function parse(parameter: string): unknown {
  try {
    return JSON.parse(parameter);
  } catch {
    return undefined;
  }
}

/** RFC 6749 section 5.2: the characters that an error description may contain. */
export function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]|["\\]/g, '?').slice(0, 64);
}
