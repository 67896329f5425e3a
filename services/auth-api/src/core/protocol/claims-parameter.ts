/** Reads the `claims` parameter (OpenID Connect Core section 5.5), which requests single claims for UserInfo or the ID token. */
import { invalidRequest, unmetRequirements } from '@gatehouse/caller-auth/oauth-errors';
import { z } from 'zod';
import { supportedContexts } from './authentication-context.ts';
import { isUserClaim } from './user-claims.ts';

/** Names of claims about the user that a client asked for beyond its scope (OpenID Connect Core section 5.5). */
export interface RequestedClaims {
  userinfo: string[];
  idToken: string[];
}

export interface ClaimsDemand {
  claims: RequestedClaims;
  /** Only this user may answer. */
  subject?: string | undefined;
  /** The sign-in must have one of these contexts. */
  essentialContexts?: string[] | undefined;
}

const maxClaimsLength = 4096;

const demand = z
  .looseObject({
    essential: z.boolean().optional(),
    value: z.unknown().optional(),
    values: z.array(z.unknown()).min(1).optional(),
  })
  .nullable();
const members = z.record(z.string(), demand).nullable();
const parameterSchema = z.looseObject({ userinfo: members.optional(), id_token: members.optional() });

type Members = z.infer<typeof members> | undefined;

/** Ignores unknown claims, as section 5.5.1 says. @throws OAuthError */
export function readClaims(text: string): ClaimsDemand {
  const parsed = parameterSchema.safeParse(text.length > maxClaimsLength ? undefined : parse(text));
  if (!parsed.success) {
    throw invalidRequest(
      'claims must be a JSON object with the members userinfo and id_token, each of which names claims',
    );
  }
  const { userinfo, id_token: idToken } = parsed.data;
  const subject = readSubject(userinfo, idToken);
  const essentialContexts = readContexts(idToken);
  return {
    claims: { userinfo: userClaimsOf(userinfo), idToken: userClaimsOf(idToken) },
    subject,
    essentialContexts,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function userClaimsOf(asked: Members): string[] {
  return Object.keys(asked ?? {}).filter(isUserClaim);
}

/** Section 5.5.1: a value of `sub` requires this user. */
function readSubject(...asked: Members[]): string | undefined {
  const values = new Set(asked.map((group) => group?.['sub']?.value).filter((value) => value !== undefined));
  const [subject] = values;
  if (values.size > 1 || (subject !== undefined && typeof subject !== 'string')) {
    throw invalidRequest('claims asks for more than one sub');
  }
  return subject;
}

/** Section 5.5.1.1: an essential `acr` that cannot be met is a failed authentication. */
function readContexts(idToken: Members): string[] | undefined {
  const acr = idToken?.['acr'];
  if (!acr?.essential) return undefined;
  const asked = acr.values ?? (acr.value === undefined ? undefined : [acr.value]);
  if (asked === undefined) return undefined;
  const possible = supportedContexts.filter((context) => asked.includes(context));
  if (possible.length === 0) throw unmetRequirements();
  return possible;
}
