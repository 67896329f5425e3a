/** Asks Auth API who is told of problems, and has a test sent to them. */
import {
  type AlertState,
  type AlertTest,
  alertStateSchema,
  alertsPath,
  alertTestSchema,
} from '@gatehouse/contracts/auth-administration';
import { readData } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

/** @throws UpstreamError */
export function readAlerts(http: HttpClient): Promise<AlertState> {
  return readData(http, alertStateSchema, { path: alertsPath });
}

/** @throws UpstreamError: 409 where nobody is told */
export function testAlerts(http: HttpClient): Promise<AlertTest> {
  return readData(http, alertTestSchema, { method: 'POST', path: `${alertsPath}/test`, json: {} });
}
