/** Defines the settings of the audit trail and of Elasticsearch, and says which of them contradict each other. */
import {
  isThisMachine,
  optionalSecretSetting,
  overrideSetting,
  passwordWeakness,
  read,
  setting,
  textWeakness,
} from '@gatehouse/service-kit/config';
import { checkWebhookKeys } from '@gatehouse/service-kit/crypto';
import { z } from 'zod';

const nodeUrl = z.url({ protocol: /^https?$/ });

const allowWeakPseudonymKey = overrideSetting({
  env: 'GATEHOUSE_AUDIT_ALLOW_WEAK_PSEUDONYM_KEY',
  doc: 'Permits a key for pseudonyms that can be guessed. Who guesses it finds the names behind the pseudonyms.',
});

export const auditSettings = {
  retentionDays: setting(read.integer(1, 36_500).default(365), {
    env: 'GATEHOUSE_AUDIT_RETENTION_DAYS',
    doc: 'Age at which audit events are deleted from PostgreSQL, in days; events that a destination does not have yet are kept longer.',
  }),
  pseudonymKey: optionalSecretSetting({
    env: 'GATEHOUSE_AUDIT_PSEUDONYM_KEY',
    doc: 'Key for pseudonyms. Where it is set, user names and addresses reach Elasticsearch and the second destination only as pseudonyms: equal names have equal pseudonyms, and only who has the key can find a name.',
    check: (text) => {
      if (text.length < 32) throw new Error('must have at least 32 characters');
    },
    weakness: { of: (text) => textWeakness(text, 32), override: allowWeakPseudonymKey },
  }),
  allowWeakPseudonymKey,
};

const allowWeakPassword = overrideSetting({
  env: 'GATEHOUSE_ELASTICSEARCH_ALLOW_WEAK_PASSWORD',
  doc: 'Permits a password of Elasticsearch that can be guessed. Who guesses it reads and changes its copy of the audit trail.',
});

export const elasticsearchSettings = {
  nodes: setting(
    read
      .list()
      .default([] as string[])
      .pipe(z.array(nodeUrl)) as unknown as z.ZodType<string[]>,
    {
      env: 'GATEHOUSE_ELASTICSEARCH_NODES',
      doc: 'Addresses of Elasticsearch (8.x or 9.x), separated by commas. Without them audit events stay in PostgreSQL.',
      example: 'https://elasticsearch.example:9200',
    },
  ),
  username: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_ELASTICSEARCH_USERNAME',
    doc: 'User of Elasticsearch (HTTP Basic); not together with an API key.',
  }),
  password: optionalSecretSetting({
    env: 'GATEHOUSE_ELASTICSEARCH_PASSWORD',
    doc: 'Password of that user.',
    weakness: { of: passwordWeakness, override: allowWeakPassword },
  }),
  allowWeakPassword,
  apiKey: optionalSecretSetting({
    env: 'GATEHOUSE_ELASTICSEARCH_API_KEY',
    doc: 'API key of Elasticsearch, in its encoded form.',
  }),
  ca: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_ELASTICSEARCH_CA',
    doc: "Authority of Elasticsearch's certificate, in PEM; default: those of the system.",
  }),
  allowPlaintext: overrideSetting({
    env: 'GATEHOUSE_ELASTICSEARCH_ALLOW_PLAINTEXT',
    doc: 'Permits http to Elasticsearch on another machine. An attacker who listens reads who signs in and from where.',
  }),
  install: setting(read.boolean().default(true), {
    env: 'GATEHOUSE_ELASTICSEARCH_INSTALL',
    doc: 'Installs and updates index templates and the lifecycle policy; `false` where an administrator does that (docs/guides/logging.md) and the credentials may only write.',
  }),
  namespace: setting(
    z
      .string()
      .regex(/^[a-z0-9_]{1,100}$/, 'may hold small letters, digits and _')
      .default('default'),
    {
      env: 'GATEHOUSE_ELASTICSEARCH_NAMESPACE',
      doc: 'Last part of the names of the data streams, as in logs-gatehouse.audit-default: one for each installation that shares an Elasticsearch.',
    },
  ),
  retentionDays: setting(read.integer(1, 36_500).default(365), {
    env: 'GATEHOUSE_ELASTICSEARCH_RETENTION_DAYS',
    doc: 'Age at which the lifecycle policy deletes audit events in Elasticsearch, in days.',
  }),
  logs: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_ELASTICSEARCH_LOGS',
    doc: 'Sends log lines to Elasticsearch too (data stream logs-gatehouse.service-<namespace>), for installations that collect no standard output.',
  }),
  logRetentionDays: setting(read.integer(1, 36_500).default(30), {
    env: 'GATEHOUSE_ELASTICSEARCH_LOG_RETENTION_DAYS',
    doc: 'Age at which the lifecycle policy deletes log lines in Elasticsearch, in days.',
  }),
  timeoutMs: setting(read.integer(1000, 600_000).default(30_000), {
    env: 'GATEHOUSE_ELASTICSEARCH_TIMEOUT_MS',
    doc: 'Maximum duration of a call to Elasticsearch, in milliseconds.',
  }),
};

interface ElasticsearchValues {
  nodes: readonly string[];
  username: string | undefined;
  password: unknown;
  apiKey: unknown;
  allowPlaintext: boolean;
  logs: boolean;
}

/** Returns one sentence for each contradiction between settings. */
export function elasticsearchProblems(values: ElasticsearchValues): string[] {
  const { nodes, username, password, apiKey, allowPlaintext, logs } = values;
  const problems: string[] = [];
  if (apiKey !== undefined && username !== undefined) {
    problems.push('GATEHOUSE_ELASTICSEARCH_API_KEY and GATEHOUSE_ELASTICSEARCH_USERNAME exclude each other');
  }
  if ((username === undefined) !== (password === undefined)) {
    problems.push('GATEHOUSE_ELASTICSEARCH_USERNAME and GATEHOUSE_ELASTICSEARCH_PASSWORD belong together');
  }
  if (logs && nodes.length === 0)
    problems.push(
      'GATEHOUSE_ELASTICSEARCH_LOGS needs GATEHOUSE_ELASTICSEARCH_NODES: the lines have nowhere to go',
    );
  for (const node of nodes) {
    const { protocol, hostname, username: inUrl } = new URL(node);
    if (inUrl !== '') problems.push('GATEHOUSE_ELASTICSEARCH_NODES: credentials have variables of their own');
    if (protocol === 'http:' && !isThisMachine(hostname) && !allowPlaintext) {
      problems.push(
        `GATEHOUSE_ELASTICSEARCH_NODES: ${hostname} is not this machine: use https, or GATEHOUSE_ELASTICSEARCH_ALLOW_PLAINTEXT=true`,
      );
    }
  }
  return problems;
}

export const auditForwardSettings = {
  url: setting(z.url({ protocol: /^(?:syslog\+tls|https?)$/ }).optional(), {
    env: 'GATEHOUSE_AUDIT_FORWARD_URL',
    doc: 'Second destination of audit events: a syslog receiver (RFC 5424 over TLS, RFC 5425), or the address of a webhook. Without it there is none.',
    example: 'syslog+tls://siem.example:6514',
  }),
  secret: optionalSecretSetting({
    env: 'GATEHOUSE_AUDIT_FORWARD_SECRET',
    doc: 'Key that signs what a webhook gets (HMAC-SHA-256), as Standard Webhooks has it: whsec_ and 24 to 64 bytes in base64. Two lines while it is being replaced: both sign.',
    check: checkWebhookKeys,
  }),
  ca: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_AUDIT_FORWARD_CA',
    doc: "Authority of the receiver's certificate, in PEM; default: those of the system.",
  }),
  cert: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_AUDIT_FORWARD_CERT',
    doc: 'Client certificate for a receiver that asks for one, in PEM; it needs the key.',
  }),
  key: optionalSecretSetting({
    env: 'GATEHOUSE_AUDIT_FORWARD_KEY',
    doc: 'Private key of that client certificate, in PEM.',
  }),
  timeoutMs: setting(read.integer(1000, 600_000).default(10_000), {
    env: 'GATEHOUSE_AUDIT_FORWARD_TIMEOUT_MS',
    doc: 'Maximum time for one batch of events, in milliseconds; then it is sent again.',
  }),
};

interface ForwardValues {
  url: string | undefined;
  secret: unknown;
  cert: string | undefined;
  key: unknown;
}

/** Returns one sentence for each contradiction between settings. */
export function auditForwardProblems(mode: string, { url, secret, cert, key }: ForwardValues): string[] {
  const problems: string[] = [];
  if ((cert === undefined) !== (key === undefined))
    problems.push('GATEHOUSE_AUDIT_FORWARD_CERT and GATEHOUSE_AUDIT_FORWARD_KEY belong together');
  if (url === undefined) return problems;
  const { protocol, username, password, pathname, search } = new URL(url);
  if (username !== '' || password !== '')
    problems.push('GATEHOUSE_AUDIT_FORWARD_URL: credentials do not belong into an address');
  if (protocol === 'syslog+tls:') {
    if ((pathname !== '' && pathname !== '/') || search !== '')
      problems.push(
        'GATEHOUSE_AUDIT_FORWARD_URL: a syslog receiver is host and port, such as syslog+tls://siem.example:6514',
      );
    return problems;
  }
  if (secret === undefined)
    problems.push(
      'GATEHOUSE_AUDIT_FORWARD_URL is a webhook: it needs GATEHOUSE_AUDIT_FORWARD_SECRET, which signs what it gets',
    );
  if (protocol === 'http:' && mode !== 'local')
    problems.push(
      'GATEHOUSE_AUDIT_FORWARD_URL must be https: an attacker who listens reads who signs in and from where',
    );
  return problems;
}
