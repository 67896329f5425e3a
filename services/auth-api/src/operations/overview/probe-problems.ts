/** Turns findings of the diagnosis into problems of the overview, each with its runbook. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { createProblemWatch, type Probe } from '@gatehouse/service-kit/health';

const runbooks = {
  Clock: 'a-clock-is-wrong',
  logins: 'no-login-can-succeed-in-an-environment',
  Elasticsearch: 'audit-events-wait',
  'Trusted proxies': 'a-proxy-is-not-trusted',
  'Deprecated settings': 'a-setting-is-deprecated',
  Passkeys: 'passkeys-are-off',
  Certificates: 'a-certificate-ends',
} as const;
/** The overview shows the links, and what waits for the second destination, as they are now. Versions differ during each upgrade. */
const reportedElsewhere = ['Configuration Servers', 'Second audit destination', 'Replicas'];
/** Sign-ins go on without them. */
const dispensable = [
  'Environment API',
  'Elasticsearch',
  'Consul',
  'Passkeys',
  'Names',
  'Certificates',
  'WAL archive',
];

export function watchProbes(probes: readonly Probe[], now: Clock) {
  const watched = probes.filter(({ name }) => !reportedElsewhere.includes(name));
  return createProblemWatch({ probes: watched, runbooks, dispensable, now });
}
