/** Posts audit events to a webhook, signed as Standard Webhooks says; a receiver has taken a batch when it answers 2xx. */
import { createHash } from 'node:crypto';
import type { HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type Secret, webhookHeaders } from '@gatehouse/service-kit/crypto';
import type { Document, DocumentWriter } from '../elasticsearch/bulk.ts';

export interface WebhookTarget {
  url: string;
  /** Base64 with the prefix whsec_; two lines while it is being replaced. */
  secret: Secret;
  http: Pick<HttpClient, 'send'>;
  now: Clock;
}

export function createWebhookWriter({ url, secret, http, now }: WebhookTarget): DocumentWriter {
  async function post(documents: readonly Document[], signal: AbortSignal | undefined): Promise<void> {
    const text = payloadOf(documents);
    await http.send({
      method: 'POST',
      url,
      content: { type: 'application/json', text },
      headers: webhookHeaders(secret, { id: idOf(documents), text }, now()),
      signal,
    });
  }

  return {
    doubt: () => undefined,
    async write(documents, signal) {
      const refused = await refusedAlone(documents, (part) => post(part, signal));
      const [first] = refused.values();
      // It takes no event at all: it is set up wrongly, and none of them is to blame.
      if (first !== undefined && refused.size === documents.length) throw first;
      return { refused: new Map([...refused].map(([id, { message }]) => [id, message])), again: new Map() };
    },
  };
}

/** Answers that what stands in an event can cause: a firewall takes a user name for an attack. */
const answersToContent = [400, 403, 406, 422];

/**
 * Sends a batch that is refused for its content in halves: one event that a stranger has written must not hold up the others.
 * @throws UpstreamError after any other answer but 2xx: the fate of the events is unknown, and they are sent again
 */
async function refusedAlone(
  documents: readonly Document[],
  post: (part: readonly Document[]) => Promise<void>,
): Promise<Map<string, UpstreamError>> {
  try {
    await post(documents);
    return new Map();
  } catch (error) {
    const refusal = error as UpstreamError;
    if (!answersToContent.includes(refusal.status ?? 0)) throw refusal;
    const [only, ...others] = documents;
    if (only !== undefined && others.length === 0) return new Map([[only.id, refusal]]);
  }
  const half = Math.ceil(documents.length / 2);
  const first = await refusedAlone(documents.slice(0, half), post);
  return new Map([...first, ...(await refusedAlone(documents.slice(half), post))]);
}

/** The same bytes whenever the same events are sent again. */
function payloadOf(documents: readonly Document[]): string {
  const timestamp = documents.at(-1)?.body['@timestamp'];
  return JSON.stringify({
    type: 'audit.events',
    timestamp,
    data: { events: documents.map(({ body }) => body) },
  });
}

/** The same id whenever the same events are sent again. */
function idOf(documents: readonly Document[]): string {
  const ids = documents.map(({ id }) => id).join('\n');
  return `audit_${createHash('sha256').update(ids).digest('base64url').slice(0, 32)}`;
}
