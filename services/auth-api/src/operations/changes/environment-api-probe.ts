/** Reports in the diagnosis whether Environment API answers, and whether this replica knows its newest change. */
import { UpstreamError } from '@gatehouse/api-client/http';
import type { Probe } from '@gatehouse/service-kit/health';

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
      // Read before `followed`, so that a change in between is not counted as missing.
      const latest = await changes.latest().catch((error: unknown) => {
        if (!(error instanceof UpstreamError) || (error.status !== 401 && error.status !== 403)) throw error;
        throw new Error(
          `It answered ${error.status} to this service's own token: are GATEHOUSE_PUBLIC_URL and the service client alike on both sides?`,
        );
      });
      const behind = latest - changes.followed();
      if (behind <= 0) return { status: 'ok', message: `It answers, and change ${latest} is known here.` };
      return {
        status: 'warning',
        message: `This replica is ${behind} changes behind: it catches up within seconds, or Redis does not carry its messages.`,
      };
    },
  };
}
