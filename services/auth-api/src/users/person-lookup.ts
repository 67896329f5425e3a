/** Reads persons and their access groups from the Configuration Server of a contact centre. */
import type { CallOptions } from '@gatehouse/config-server-client/backend';
import { CfgObjectState } from '@gatehouse/config-server-client/model/enumerations';
import type { CfgPerson, PersonFilter } from '@gatehouse/config-server-client/model/person';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { EnvironmentLink } from './environment-links.ts';

/** Reads only persons of the contact centre's tenant. @throws ConfigServerError */
export function readPersons(
  { backend, tenantDbid }: EnvironmentLink,
  filter: PersonFilter,
  options: CallOptions = {},
): Promise<CfgPerson[]> {
  return backend.readPersons(definedOnly({ ...filter, tenant_dbid: tenantDbid }), options);
}

/** Tells whether a person is a member of one of the access groups; disabled groups do not count. @throws ConfigServerError */
export async function isInGroup(
  { backend }: EnvironmentLink,
  personDbid: number,
  accessGroups: readonly string[],
  options: CallOptions = {},
): Promise<boolean> {
  const groups = await backend.readAccessGroups({ person_dbid: personDbid }, options);
  return groups.some(
    ({ groupInfo }) => groupInfo.state === CfgObjectState.enabled && accessGroups.includes(groupInfo.name),
  );
}
