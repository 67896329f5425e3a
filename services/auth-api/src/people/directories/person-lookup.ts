/** Reads the access groups of persons of a contact centre. */
import { type CallOptions, CfgObjectState } from '@gatehouse/people-directory';
import type { EnvironmentLink } from './environment-links.ts';

/** Tells whether a person is a member of one of the access groups; disabled groups do not count. @throws ConfigServerError */
export async function isInGroup(
  { readAccessGroups }: Pick<EnvironmentLink, 'readAccessGroups'>,
  personDbid: number,
  accessGroups: readonly string[],
  options: CallOptions = {},
): Promise<boolean> {
  const groups = await readAccessGroups(personDbid, options);
  return groups.some(
    ({ groupInfo }) => groupInfo.state === CfgObjectState.enabled && accessGroups.includes(groupInfo.name),
  );
}
