/** Reads the overview of Environment API. */

import {
  type EnvironmentApiOverview,
  environmentApiOverviewPath,
  environmentApiOverviewSchema,
} from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { readData } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

/** @throws UpstreamError */
export function readEnvironmentApiOverview(
  http: HttpClient,
  contactCenterId?: string,
): Promise<EnvironmentApiOverview> {
  const query = definedOnly({ contactCenterId });
  return readData(http, environmentApiOverviewSchema, { path: environmentApiOverviewPath, query });
}
