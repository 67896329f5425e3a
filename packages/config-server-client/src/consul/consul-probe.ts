/** Checks for an operator whether Consul answers and has a leader. */
import { systemClock } from '../surroundings/clock.ts';
import type { ConsulAccess } from './consul-access.ts';
import { ConsulAgent } from './consul-agent.ts';

export interface ConsulVerdict {
  status: 'ok' | 'failed' | 'skipped';
  message: string;
}

const timeLimitMs = 4000;

/** `access` is undefined when the installation has no Consul. */
export function consulProbe(access: ConsulAccess | undefined) {
  return {
    name: 'Consul',
    /** Errors: ConsulFailure; TypeError for settings that are not usable or not allowed. */
    async run(signal: AbortSignal): Promise<ConsulVerdict> {
      if (!access) return { status: 'skipped', message: 'GATEHOUSE_CONSUL_URL is not set.' };
      const { body } = await new ConsulAgent(access, systemClock).call({
        timeLimitMs,
        signal,
        send: (consul, context) => consul.status.leader(context as object),
      });
      if (typeof body === 'string' && body !== '')
        return { status: 'ok', message: `It answers, and its leader is ${body}.` };
      return {
        status: 'failed',
        message: 'It answers but has no leader: its servers have not found each other.',
      };
    },
  };
}
