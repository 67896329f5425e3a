/** Whether a person is in one of some access groups of the Configuration Server. */
import type { CallOptions } from '@gatehouse/config-server-client/backend';
import { CfgObjectState } from '@gatehouse/config-server-client/model/enumerations';
import type { EnvironmentLink } from './environment-link.ts';

export async function isInGroup(
  link: EnvironmentLink,
  personDbid: number,
  accessGroups: readonly string[],
  callOptions: CallOptions = {},
): Promise<boolean> {
  const groups = await link.backend.readAccessGroups({ person_dbid: personDbid }, callOptions);
  return groups.some(
    ({ groupInfo }) => groupInfo.state === CfgObjectState.enabled && accessGroups.includes(groupInfo.name),
  );
}
