/** Puts the agent of the demo into a folder, so that there is something to find by the number of a person. */
import { CfgObjectType } from '@gatehouse/people-directory';
import type { Simulator } from '../../config-server-simulator/src/simulator.ts';
import { agent } from '../../config-server-simulator/test/harness.ts';

export async function addFolder({ store }: Simulator): Promise<void> {
  const held = [{ type: CfgObjectType.person, DBID: store.personNamed(agent.userName)?.['DBID'] }];
  for (const [name, objectIDs] of [
    ['Agents', held],
    ['Empty', []],
  ] as const) {
    const ownerID = { type: CfgObjectType.tenant, DBID: 101 };
    await store.createObject(CfgObjectType.folder, { name, ownerID, state: 1, objectIDs });
  }
}
