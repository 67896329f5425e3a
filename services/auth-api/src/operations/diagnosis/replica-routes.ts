/** Serves `/auth/v3/internal/replicas`, by which replicas of Auth UI say that they run: they have no Redis. */
import { emptyEnvelope, wrapped } from '@gatehouse/contracts/answers';
import { replicaSchema } from '@gatehouse/contracts/auth-api';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { Replicas } from '@gatehouse/service-kit/redis';

export function replicaRoutes(app: App, replicas: Pick<Replicas, 'announce'>): void {
  app.post(
    '/replicas',
    {
      schema: {
        operationId: 'announceReplica',
        tags: ['internal'],
        summary: 'Say that a replica runs, or ends',
        body: wrapped(replicaSchema),
        response: { 200: emptyEnvelope },
      },
    },
    async (request) => {
      await replicas.announce(request.body.data);
      return ok();
    },
  );
}
