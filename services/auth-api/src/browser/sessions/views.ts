/** Shows sessions to their user and to administrators: with the names of the applications, and without any secret. */
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { SessionSummary } from './session.ts';

export type SessionViews = ReturnType<typeof createSessionViews>;

export function createSessionViews(clientDirectory: Pick<ClientDirectory, 'find'>) {
  /** Gives the id when PostgreSQL is away or the client was deleted. */
  const nameOf = async (clientId: string) => {
    const client = await clientDirectory.find(clientId).catch(() => undefined);
    return client?.name ?? clientId;
  };

  const viewOf = async (summary: SessionSummary) => {
    const { sid, createdAtMs, lastSeenAtMs, userAgent, clientAddress, isRemembered, clientIds } = summary;
    return {
      id: sid,
      createdAt: new Date(createdAtMs).toISOString(),
      lastSeenAt: new Date(lastSeenAtMs).toISOString(),
      userAgent,
      clientAddress,
      remembered: isRemembered,
      applications: await Promise.all(clientIds.map(nameOf)),
    };
  };

  return (summaries: readonly SessionSummary[]) => Promise.all(summaries.map(viewOf));
}
