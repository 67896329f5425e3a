/** Reads the overview of Auth API. */

import type { OverviewWindow } from '@gatehouse/contracts/answers';
import {
  type AuthApiOverview,
  authApiOverviewPath,
  authApiOverviewSchema,
} from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { readData } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

export interface OverviewFilter {
  window?: OverviewWindow | undefined;
  /** Of a step. */
  minutes?: number | undefined;
  contactCenterId?: string | undefined;
}

/** @throws UpstreamError */
export function readAuthApiOverview(http: HttpClient, filter: OverviewFilter = {}): Promise<AuthApiOverview> {
  const { window, minutes, contactCenterId } = filter;
  const step = minutes === undefined ? undefined : String(minutes);
  const query = definedOnly({ window, step, contactCenterId });
  return readData(http, authApiOverviewSchema, { path: authApiOverviewPath, query });
}
