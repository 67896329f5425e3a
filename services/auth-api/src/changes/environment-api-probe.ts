/** Whether Environment API is there for this service, and whether this replica knows what was changed there. */
import { UpstreamError } from '@gatehouse/contracts/http-client';
import type { Probe } from '@gatehouse/service-kit/health/diagnosis';

export interface FollowedChanges {
  /** Number of the newest change there is. @throws UpstreamError */
  latest(): Promise<number>;
  /** Number of the newest change that this replica has seen. */
  followed(): number;
}

export function environmentApiProbe(changes: FollowedChanges): Probe {
  return {
    name: 'Environment API',
    async run() {
      // Read first: what is followed meanwhile only counts in its favour.
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
