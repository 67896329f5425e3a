/** Tells when the primary of Redis may have been replaced, so that its stream may lack revocations. */
import type { StreamHistory } from './stream.ts';

/** An old primary takes revocations for so long, from replicas that have not left it yet. */
const doubtMs = 30_000;
const newsIntervalMs = 200;

/**
 * A primary that lost sight of its replicas may have been replaced without knowing: the stream of another one goes on. And
 * after a fail-over the old primary may still take revocations. The list in PostgreSQL has them all.
 */
export function createPrimaryDoubt(monotonicMs: () => number) {
  let lastNode: string | undefined;
  let hadReplicas = false;
  let doubtUntilMs = Number.NEGATIVE_INFINITY;
  let listReadAtMs = Number.NEGATIVE_INFINITY;

  return {
    /** The stream is read from this node now. */
    follow({ node, replicas }: StreamHistory): void {
      if (lastNode !== undefined && node !== lastNode) {
        doubtUntilMs = monotonicMs() + doubtMs;
        hadReplicas = false;
      }
      lastNode = node;
      hadReplicas ||= replicas > 0;
    },

    /** Reads the list where the node is in doubt, at most five times a second. */
    async readInDoubt({ role, replicas }: StreamHistory, readList: () => Promise<void>): Promise<void> {
      hadReplicas ||= replicas > 0;
      const isAlone = role === 'replica' || (hadReplicas && replicas === 0);
      const nowMs = monotonicMs();
      if (!(isAlone || nowMs < doubtUntilMs) || nowMs < listReadAtMs + newsIntervalMs) return;
      await readList();
      listReadAtMs = nowMs;
    },
  };
}
