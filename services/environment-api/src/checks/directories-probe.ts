/** Looks at the LDAP servers of environments for the diagnosis: how far an attempt at each comes, step by step. */
import { endpointName } from '@gatehouse/config-server-client/discovery';
import type { Finding } from '@gatehouse/contracts/answers';
import type { Check, ServerCheck } from '@gatehouse/contracts/environment-administration';
import { type Probe, saidAs, type Verdict } from '@gatehouse/service-kit/health';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';
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
      if (rows.length === 0) return saidAs('skipped', [say('probe.directories.none')]);
      const limits = { timeoutMs: stepMs, signal: AbortSignal.any([signal, AbortSignal.timeout(totalMs)]) };
      const looked = rows.slice(0, maxEnvironments).map(({ environment }) => environment);
      const verdicts = await Promise.all(looked.map((one) => verdictOf(one, check(one, limits))));
      const status = (['failed', 'warning', 'ok'] as const).find((one) =>
        verdicts.some((verdict) => verdict.status === one),
      );
      const more = rows.length > maxEnvironments ? [wordsOf(say('probe.directories.more'))] : [];
      return { status: status ?? 'ok', ...joined([...verdicts, ...more]) };
    },
  };
}

/** A server of several that fails is a warning: it may serve another location only. */
async function verdictOf({ id, name }: Environment, checked: Promise<Check>): Promise<Verdict> {
  const environment = name || id;
  try {
    const { discovery, servers } = await checked;
    const faults = servers.flatMap((server) => faultOf(server, environment));
    if (discovery?.status === 'failed')
      faults.unshift(joined([wordsOf(say('probe.directories.unlisted', { environment })), discovery]));
    if (faults.length === 0)
      return saidAs('ok', [say('probe.directories.fine', { environment, servers: servers.map(endpointOf) })]);
    return { status: servers.some(({ ok }) => ok) ? 'warning' : 'failed', ...joined(faults) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return saidAs('failed', [say('probe.directories.unchecked', { environment, detail })]);
  }
}

const endpointOf = ({ address: host, port }: ServerCheck) => endpointName({ host, port });

/** The step at which the server failed, in its own sentences. */
function faultOf(server: ServerCheck, environment: string): Words[] {
  const step = server.steps.find(({ status }) => status === 'failed');
  if (step === undefined) return [];
  const place = { server: endpointOf(server), environment, step: step.step };
  return [joined([wordsOf(say('probe.directories.failed', place)), step])];
}

type Words = Pick<Verdict, 'message' | 'sentences'>;

function joined(all: readonly Pick<Finding, 'message' | 'sentences'>[]): Words {
  return {
    message: all.map(({ message }) => message.replace(/[^.!?]$/, '$&.')).join(' '),
    sentences: all.flatMap(({ sentences = [] }) => sentences),
  };
}
