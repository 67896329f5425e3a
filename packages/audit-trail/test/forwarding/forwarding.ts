/** Ships the trail of a small service to receivers of a test. */
import { createAuthority } from '@gatehouse/testing/keys';
import { onTestFinished } from 'vitest';
import type { ChainedEvent } from '../../src/chain/trail.ts';
import { type ForwardConfig, forwardDestination } from '../../src/forwarding/forward-destination.ts';
import { auditDocument } from '../../src/shipping/audit-document.ts';
import { createAuditShipper } from '../../src/shipping/shipper.ts';
import { createShippingStore } from '../../src/shipping/shipping-store.ts';
import type { Destination } from '../../src/shipping/shipping-work.ts';
import { silentLog, type TrailDatabase } from '../chain/trail-database.ts';
import { startSyslogReceiver } from './syslog-receiver.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

export const authority = createAuthority();
export const identity = authority.issue();
export const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export type Fields = Partial<ForwardConfig> & { url: string };

export function destinationOf({ url, secret, cert, key, timeoutMs = 2000 }: Fields): Destination {
  const destination = forwardDestination({ url, secret, ca: authority.cert, cert, key, timeoutMs }, Date.now);
  if (destination === undefined) throw new Error('there is no destination');
  return destination;
}

export const toDocument = (event: ChainedEvent) =>
  auditDocument('shop', event, {
    action: 'bought_something',
    outcome: event.position % 2 === 0 ? 'success' : 'failure',
    ...{ category: ['authentication'], type: ['info'], correlationId: `request-${event.position}` },
    user: { name: `Zoë-${event.position}` },
    gatehouse: {},
  });

export function shipperOf({ pool, trail }: TrailDatabase, fields: Fields, documentOf = toDocument) {
  const { target, close, ...destination } = destinationOf(fields);
  onTestFinished(close);
  const store = createShippingStore(trail, target);
  const options = { pool, name: `shop:${target}`, store, toDocument: documentOf, log: silentLog };
  return createAuditShipper({ ...options, ...destination });
}

/** Ids in the order of the chain. */
export async function chained({ pool }: TrailDatabase): Promise<string[]> {
  const { rows } = await pool.query(
    'SELECT e.id FROM shop.audit_chain c JOIN shop.events e ON e.seq = c.event_seq ORDER BY c.position',
  );
  return rows.map(({ id }) => id);
}

export async function syslog(options: Parameters<typeof startSyslogReceiver>[0] = identity) {
  const receiver = await startSyslogReceiver(options);
  onTestFinished(() => receiver.close());
  const ids = () => receiver.messages.map(({ text }) => JSON.parse(text).event.id as string);
  return { ...receiver, url: `syslog+tls://localhost:${receiver.port}`, ids };
}

export async function webhook(secrets = [secret]) {
  const receiver = await startWebhookReceiver(identity, secrets);
  onTestFinished(() => receiver.close());
  return receiver;
}
