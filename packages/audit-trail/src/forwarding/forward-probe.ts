/** Reports in the diagnosis whether the second destination has the events that happened. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Probe } from '@gatehouse/service-kit/health';
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
      if (url === undefined) return { status: 'skipped', message: 'GATEHOUSE_AUDIT_FORWARD_URL is not set.' };
      const { host } = new URL(url);
      const [waiting, oldestMs, refused] = await Promise.all([
        store.waiting(),
        store.oldestWaitingMs(),
        store.setAsideCount(),
      ]);
      const seconds = Math.round(ageSeconds(oldestMs, now()));
      if (seconds > usualSeconds) {
        return {
          status: 'failed',
          message: `${waiting} events wait for ${host}, the oldest for ${seconds} s: the log says why it does not take them.`,
        };
      }
      if (refused > 0) {
        return {
          status: 'warning',
          message: `${refused} events were refused by ${host}, each of them alone: correct what audit_set_aside says, then run gatehouse audit reship.`,
        };
      }
      return { status: 'ok', message: `${host} has the events of more than ${usualSeconds} s ago.` };
    },
  };
}
