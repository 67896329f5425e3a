/** Says what is kept of a deleted environment, and makes the fields of a restored one. */
import type { LostSecret } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { Deleted, Kept } from '../deleted/kept.ts';
import { type Environment, type EnvironmentFields, shownLdap } from './environment.ts';

/** The client certificate goes with its key. */
export function keptOf(environment: Environment): Deleted {
  const { id, name, passwordEnvelope, tls, ldap, ...fields } = environment;
  const {
    version: _version,
    ordinal: _ordinal,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    ...rest
  } = fields;
  const { mutual, ...shownTls } = tls ?? {};
  const hadPassword = passwordEnvelope !== '' || ldap !== undefined;
  const lostSecrets: LostSecret[] = [
    ...(hadPassword ? (['accountPassword'] as const) : []),
    ...(mutual === undefined ? [] : (['tlsKey'] as const)),
  ];
  const document = {
    ...rest,
    name,
    ...definedOnly({
      tls: Object.keys(shownTls).length === 0 ? undefined : shownTls,
      ldap: ldap && shownLdap(ldap),
    }),
  };
  return {
    kind: 'environment',
    objectId: id,
    environmentId: id,
    name,
    lostSecrets,
    document,
  };
}

/** @throws AppError 400 where the account that reads people has no password */
export function restoredFields(
  { objectId, document, lostSecrets }: Kept,
  password: string | undefined,
  withSecret: (id: string, fields: EnvironmentFields, secret: string) => EnvironmentFields,
): EnvironmentFields {
  const { ldap, ...rest } = document as EnvironmentFields;
  const fields = {
    ...rest,
    // One that the release before kept has none.
    name: rest.name ?? '',
    passwordEnvelope: '',
    ...definedOnly({ ldap: ldap && { ...ldap, bindPasswordEnvelope: '' } }),
  };
  if (password !== undefined) return withSecret(objectId, fields, password);
  if (!lostSecrets.includes('accountPassword')) return fields;
  throw badRequest(
    'Secrets are not kept: send the password of the account by which the environment reads its people',
    { field: 'data.password', reason: 'missing' },
  );
}
