/** Merges the fields that an administrator sent into a client. */
import { badRequest } from '@gatehouse/service-kit/errors';
import { exchangeGrantType, jwtBearerGrantType } from '../../core/protocol/grant-types.ts';
import { defaultAlgorithm } from '../../keys/signing-keys/algorithms.ts';
import { type Client, defaultAlgorithmFor, followsFapi } from './client.ts';
import { type ClientDefaults, impliedResponseTypes } from './new-client.ts';
import { table } from './table.ts';
import { problemsOf } from './validation/rules.ts';
import type { ClientPatch } from './validation/schemas.ts';

/** Compat: internal clients show these in their stored form. */
const internalGrants = [exchangeGrantType, jwtBearerGrantType];

/** Fields that the patch does not contain keep their value; secrets are not changed. @throws AppError (400) */
export function mergeClient(client: Client, patch: ClientPatch, defaults: ClientDefaults): Client {
  const merged = mergeFields(client, withoutEmptyAddresses(patch));
  keepOneKeySource(merged, patch);
  if (followsFapi(merged) && !followsFapi(client)) leaveRs256(merged, patch);
  if (merged.internalClient) merged.grantTypes = unique([...merged.grantTypes, ...internalGrants]);
  merged.responseTypes = unique(
    patch.responseTypes ?? impliedResponseTypes(client, merged.grantTypes, defaults.impliesToken),
  );
  const problems = problemsOf({ client: merged, patch, before: client, defaults });
  if (problems.length > 0) {
    throw badRequest(problems.map(({ field, message }) => `${field}: ${message}`).join('; '), { problems });
  }
  return merged;
}

function mergeFields(client: Client, patch: ClientPatch): Client {
  const merged: Record<string, unknown> = { ...client };
  for (const { field, property, isTexts, facts } of table) {
    const given = facts.isFixed ? undefined : patch[field];
    if (given === null) delete merged[property];
    else if (given !== undefined) merged[property] = isTexts ? unique(given as string[]) : given;
  }
  return merged as unknown as Client;
}

/** An empty address of keys counts as none, of the client and of the issuers that it trusts. */
function withoutEmptyAddresses({ jwtBearer, ...patch }: ClientPatch): ClientPatch {
  const issuers = jwtBearer?.issuers.map(withoutEmptyAddress);
  return { ...withoutEmptyAddress(patch), ...(issuers && { jwtBearer: { issuers } }) };
}

function withoutEmptyAddress<T extends Pick<ClientPatch, 'jwksUri'>>(given: T): T {
  if (given.jwksUri !== '') return given;
  const { jwksUri: _, ...rest } = given;
  return rest as T;
}

/** FAPI 2.0 section 5.4.1: the default of other clients is forbidden. One that the administrator names is left to the rules. */
function leaveRs256(merged: Client, patch: ClientPatch): void {
  for (const field of ['accessTokenSignedResponseAlg', 'idTokenSignedResponseAlg'] as const) {
    if (patch[field] === undefined && merged[field] === defaultAlgorithm)
      merged[field] = defaultAlgorithmFor(merged);
  }
}

/** A new source of keys replaces the other. */
function keepOneKeySource(merged: Client, { jwks, jwksUri }: ClientPatch): void {
  if (jwks) delete merged.jwksUri;
  else if (jwksUri) delete merged.jwks;
}

function unique<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
