/** Posts audit events to a webhook, signed as Standard Webhooks says; a receiver has taken a batch when it answers 2xx. */
import { createHash, createHmac } from 'node:crypto';
import type { HttpClient } from '@gatehouse/api-client/http-client';
import type { Clock } from '@gatehouse/service-kit/clock';
import { linesOf, type Secret } from '@gatehouse/service-kit/secret';
import type { Document, DocumentWriter } from '../elasticsearch/bulk.ts';

export interface WebhookTarget {
  url: string;
  /** Base64 with the prefix whsec_; two lines while it is being replaced. */
  secret: Secret;
  http: Pick<HttpClient, 'send'>;
  now: Clock;
}

export const secretPrefix = 'whsec_';

export function createWebhookWriter({ url, secret, http, now }: WebhookTarget): DocumentWriter {
  const keys = linesOf(secret.reveal()).map((line) => Buffer.from(line.slice(secretPrefix.length), 'base64'));
  return {
    doubt: () => undefined,
    async write(documents, signal) {
      const id = idOf(documents);
      const timestamp = Math.floor(now() / 1000);
      const text = payloadOf(documents);
      const signed = `${id}.${timestamp}.${text}`;
      const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
      // Any answer but 2xx is a failure: what the receiver did with the batch is unknown, so all of it is sent again.
      await http.send({
        method: 'POST',
        url,
        content: { type: 'application/json', text },
        headers: {
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signatures.join(' '),
        },
        signal,
      });
      return { refused: new Map(), again: new Map() };
    },
  };
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
