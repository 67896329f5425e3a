/** Asks a service for its diagnosis, and compares its clock with the one here. */

import type { HttpClient } from '@gatehouse/api-client/http';
import { diagnosisSchema, envelopeOf } from '@gatehouse/contracts/answers';
import type { StepLine } from '../../output/steps.ts';

/** Rows of one part. */
export interface Part {
  title: string;
  rows: StepLine[];
}

const answer = envelopeOf(diagnosisSchema);
/** The header has whole seconds, and the answer was on its way. */
const warningSeconds = 2;
const failedSeconds = 30;

export async function checkService(http: HttpClient, path: string): Promise<Part> {
  const startedMs = Date.now();
  const { headers, text } = await http.send({ path });
  const { service, version, instance, findings } = answer.parse(JSON.parse(text)).data;
  const clock = clockRow(headers.date, (startedMs + Date.now()) / 2);
  return { title: `${service} ${version} (${instance})`, rows: [...findings, clock] };
}

/** Assertions and proofs that a machine signs are judged by the time there. */
function clockRow(date: string | undefined, hereMs: number): StepLine {
  const name = 'clock here';
  // In the middle of its second.
  const apart = (Date.parse(date ?? '') + 500 - hereMs) / 1000;
  if (Number.isNaN(apart)) return { name, status: 'skipped', message: 'The answer has no Date header.' };
  const seconds = Math.abs(apart);
  if (seconds <= warningSeconds)
    return { name, status: 'ok', message: 'The clock of this machine agrees with that of the service.' };
  const message = `The clock of this machine is ${Math.round(seconds)} s ${apart < 0 ? 'ahead of' : 'behind'} that of the service: set the wrong one by NTP.`;
  return { name, status: seconds > failedSeconds ? 'failed' : 'warning', message };
}
