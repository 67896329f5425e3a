/** Signs what a webhook gets, as Standard Webhooks says, and checks the keys that sign. */
import { createHmac } from 'node:crypto';
import { linesOf, type Secret } from './secret.ts';

interface WebhookMessage {
  /** The same whenever the message is sent again. */
  id: string;
  text: string;
}

const prefix = 'whsec_';
const key = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** Of a secret of two lines, while it is being replaced, both sign: a receiver takes a message that one of its keys verifies. */
export function webhookHeaders(secret: Secret, { id, text }: WebhookMessage, nowMs: number) {
  const timestamp = String(Math.floor(nowMs / 1000));
  const signed = `${id}.${timestamp}.${text}`;
  const signatures = linesOf(secret.reveal()).map((line) => {
    const bytes = Buffer.from(line.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', bytes).update(signed).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

/** @throws Error that says what is wrong, without the key */
export function checkWebhookKeys(text: string): void {
  for (const line of linesOf(text)) {
    const bytes = Buffer.from(key.exec(line)?.[1] ?? '', 'base64').length;
    if (bytes < 24 || bytes > 64) throw new Error('must be whsec_ and 24 to 64 random bytes in base64');
  }
}
