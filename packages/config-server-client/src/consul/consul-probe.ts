/** Checks for an operator whether Consul answers and has a leader. */
import { systemClock } from '../surroundings/clock.ts';
import type { ConsulAccess } from './consul-access.ts';
import { ConsulAgent } from './consul-agent.ts';

/** By the keys of the contracts, which callers say. */
type ConsulSentence =
  | { key: 'probe.unset'; parameters: { setting: string } }
  | { key: 'probe.consul.fine'; parameters: { leader: string } }
  | { key: 'probe.consul.noLeader'; parameters: Record<string, never> };

interface ConsulVerdict {
  status: 'ok' | 'failed' | 'skipped';
  sentence: ConsulSentence;
}

const timeLimitMs = 4000;

/** `access` is undefined when the installation has no Consul. */
export function consulProbe(access: ConsulAccess | undefined) {
  return {
    name: 'Consul',
    /** Errors: ConsulFailure; TypeError for settings that are not usable or not allowed. */
    async run(signal: AbortSignal): Promise<ConsulVerdict> {
      if (!access) {
        const parameters = { setting: 'GATEHOUSE_CONSUL_URL' };
        return { status: 'skipped', sentence: { key: 'probe.unset', parameters } };
      }
      const { body } = await new ConsulAgent(access, systemClock).call({
        timeLimitMs,
        signal,
        send: (consul, context) => consul.status.leader(context as object),
      });
      if (typeof body === 'string' && body !== '')
        return { status: 'ok', sentence: { key: 'probe.consul.fine', parameters: { leader: body } } };
      return { status: 'failed', sentence: { key: 'probe.consul.noLeader', parameters: {} } };
    },
  };
}
