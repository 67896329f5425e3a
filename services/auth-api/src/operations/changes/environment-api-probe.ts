/** Reports in the diagnosis whether Environment API answers, and whether this replica knows its newest change. */
import { UpstreamError } from '@gatehouse/api-client/http';
import { type Probe, saidAs } from '@gatehouse/service-kit/health';
import { say } from '@gatehouse/service-kit/sentences';

interface FollowedChanges {
  /** Reads the number of the newest change. @throws UpstreamError */
  latest(): Promise<number>;
  /** Number of the newest change that this replica has seen. */
  followed(): number;
}

export function environmentApiProbe(changes: FollowedChanges): Probe {
  return {
    name: 'Environment API',
    async run() {
      let latest: number;
      try {
        // Read before `followed`, so that a change in between is not counted as missing.
        latest = await changes.latest();
      } catch (error) {
        if (!(error instanceof UpstreamError) || (error.status !== 401 && error.status !== 403)) throw error;
        return saidAs('failed', [say('probe.environmentApi.refused', { status: String(error.status) })]);
      }
      const count = latest - changes.followed();
      return count <= 0
        ? saidAs('ok', [say('probe.environmentApi.fine', { change: latest })])
        : saidAs('warning', [say('probe.environmentApi.behind', { count })]);
    },
  };
}
