/** Reports in the diagnosis whether the second destination has the events that happened. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { type Probe, saidAs } from '@gatehouse/service-kit/health';
import { say } from '@gatehouse/service-kit/sentences';
import type { AuditTrail } from '../chain/trail.ts';
import { createShippingStore } from '../shipping/shipping-store.ts';
import { ageSeconds } from '../shipping/shipping-work.ts';
import { type ForwardConfig, forwardTarget } from './forward-destination.ts';

/** Batches and their repetitions take no longer where all is well. */
const usualSeconds = 60;

export function forwardProbe(trail: AuditTrail, { url }: Pick<ForwardConfig, 'url'>, now: Clock): Probe {
  const store = createShippingStore(trail, forwardTarget);
  return {
    name: 'Second audit destination',
    async run() {
      if (url === undefined)
        return saidAs('skipped', [say('probe.unset', { setting: 'GATEHOUSE_AUDIT_FORWARD_URL' })]);
      const { host } = new URL(url);
      const [count, oldestMs, refused] = await Promise.all([
        store.waiting(),
        store.oldestWaitingMs(),
        store.setAsideCount(),
      ]);
      const waitSeconds = Math.round(ageSeconds(oldestMs, now()));
      if (waitSeconds > usualSeconds)
        return saidAs('failed', [say('probe.forward.waits', { count, host, waitSeconds })]);
      if (refused > 0) return saidAs('warning', [say('probe.forward.refused', { count: refused, host })]);
      return saidAs('ok', [say('probe.forward.fine', { host, waitSeconds: usualSeconds })]);
    },
  };
}
