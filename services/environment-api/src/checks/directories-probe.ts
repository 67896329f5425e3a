/** Looks at the LDAP servers of environments for the diagnosis: how far an attempt at each comes, step by step. */
import { endpointName } from '@gatehouse/config-server-client/discovery';
import type { Check, ServerCheck } from '@gatehouse/contracts/environment-administration';
import { type Probe, type Verdict, worst } from '@gatehouse/service-kit/health';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { type Environment, environmentJson } from '../environments/environment.ts';
import type { CheckLimits } from '../server-checks/check-server.ts';

const maxEnvironments = 8;
/** Both stay below the time of a probe, so that the finding names the step at which a server is silent. */
const stepMs = 2_000;
const totalMs = 4_000;

export function directoriesProbe(
  pool: Pool,
  check: (environment: Environment, limits: CheckLimits) => Promise<Check>,
): Probe {
  return {
    name: 'LDAP directories',
    async run(signal) {
      const { rows } = await pool.query<{ environment: Environment }>(
        `SELECT ${environmentJson} AS environment FROM environment.environments e WHERE e.directory = 'ldap'
          ORDER BY e.ordinal LIMIT ${maxEnvironments + 1}`,
      );
      if (rows.length === 0)
        return { status: 'skipped', message: 'No environment has its people in an LDAP directory.' };
      const limits = { timeoutMs: stepMs, signal: AbortSignal.any([signal, AbortSignal.timeout(totalMs)]) };
      const verdicts = await Promise.all(
        rows
          .slice(0, maxEnvironments)
          .map(({ environment }) => verdictOf(environment.id, check(environment, limits))),
      );
      const more = rows.length > maxEnvironments ? ' Others are tried by gatehouse check alone.' : '';
      const { status, message } = worst(verdicts, verdicts.map((verdict) => verdict.message).join(' '));
      return { status, message: `${message}${more}` };
    },
  };
}

/** A server of several that fails is a warning: it may serve another location only. */
async function verdictOf(environmentId: string, checked: Promise<Check>): Promise<Verdict> {
  const head = `Environment ${environmentId}:`;
  try {
    const { ok, discovery, servers } = await checked;
    const found = discovery?.status === 'failed' ? [discovery.message] : [];
    const message = `${head} ${[...found, ...servers.map(lineOf)].join('; ')}.`;
    if (ok) return { status: 'ok', message };
    return { status: servers.some((server) => server.ok) ? 'warning' : 'failed', message };
  } catch (error) {
    return {
      status: 'failed',
      message: `${head} ${error instanceof Error ? error.message : String(error)}.`,
    };
  }
}

function lineOf({ address: host, port, steps }: ServerCheck): string {
  const failed = steps.findIndex(({ status }) => status === 'failed');
  const shown = (failed < 0 ? steps : steps.slice(0, failed + 1)).map(({ step, status, message }) =>
    status === 'failed' ? `${step} failed (${message})` : `${step} ${status}`,
  );
  return `${endpointName({ host, port })} ${shown.join(', ')}`;
}
