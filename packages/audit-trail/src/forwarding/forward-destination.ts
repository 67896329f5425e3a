/** Makes the second destination of audit trails from its settings: a syslog receiver over TLS, or a webhook. */
import { createHttpClient } from '@gatehouse/api-client/http';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Secret } from '@gatehouse/service-kit/crypto';
import type { DocumentWriter } from '../elasticsearch/bulk.ts';
import type { Destination } from '../shipping/shipping-work.ts';
import { createSyslogWriter } from './syslog-writer.ts';
import { createWebhookWriter } from './webhook-writer.ts';

export interface ForwardConfig {
  url: string | undefined;
  secret: Secret | undefined;
  ca: string | undefined;
  cert: string | undefined;
  key: Secret | undefined;
  timeoutMs: number;
}

/** Stored with the position of each trail. */
export const forwardTarget = 'forward';

/** The port that RFC 5425 registers. */
const syslogPort = 6514;

/** Undefined where none is set. */
export function forwardDestination(config: ForwardConfig, now: Clock): Destination | undefined {
  const { url, secret, ca, cert, timeoutMs } = config;
  if (url === undefined) return undefined;
  const key = config.key?.reveal();
  const { protocol, hostname, port, host } = new URL(url);
  if (protocol === 'syslog+tls:') {
    const target = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || syslogPort),
      ca,
      cert,
      key,
    };
    return destination({
      receiver: `the syslog receiver ${host}`,
      writer: createSyslogWriter({ ...target, timeoutMs }),
      close: async () => undefined,
    });
  }
  if (secret === undefined) throw new Error('a webhook needs the key that signs');
  const http = createHttpClient({
    dependency: host,
    timeoutMs,
    ca,
    cert,
    key,
    // Its words are of no interest.
    maxBodyBytes: 1_048_576,
  });
  return destination({
    receiver: `the webhook ${host}`,
    writer: createWebhookWriter({ url, secret, http, now }),
    close: () => http.close(),
    // Receivers of webhooks take less at once than others.
    batchSize: 100,
    batchBytes: 262_144,
  });
}

function destination(
  parts: { writer: DocumentWriter } & Pick<Destination, 'receiver' | 'close' | 'batchSize' | 'batchBytes'>,
): Destination {
  return {
    target: forwardTarget,
    readable: (error) => error as Error,
    metrics: {
      waiting: 'gatehouse_audit_unforwarded_events',
      delay: 'gatehouse_audit_unforwarded_seconds',
      setAside: 'gatehouse_audit_unforwardable_events',
      shipped: 'gatehouse_audit_forwarded_events_total',
    },
    ...parts,
  };
}
