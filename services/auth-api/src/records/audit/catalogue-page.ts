/** Writes docs/reference/audit-events.md from the catalogue of security events. */

import type { CatalogueEntry } from './catalogue/event-kinds.ts';
import { auditEvents } from './event.ts';

export function cataloguePage(): string {
  const rows = Object.entries(auditEvents as Record<string, CatalogueEntry>).map(
    ([name, { when, kind, fields }]) => [name, when, kind.category.join(', '), fieldsOf(fields)].join(' | '),
  );
  return `# Security events

Written by \`npm run generate\` from \`services/auth-api/src/records/audit/event.ts\`. [Logging](../guides/logging.md) says how they are stored and shipped. Changes of
configuration data are separate events: \`<thing>_created\`, \`_updated\` and \`_deleted\` of environment, contact centre, setting, location, API key and single sign-on.

Each event has \`id\`, \`at\`, \`name\`, \`outcome\` (success or failure) and \`correlationId\`, and where they are known \`sub\`, \`clientId\`, \`contactCenterId\`,
\`sid\` and \`clientAddress\`. In Elasticsearch they are \`event.id\`, \`@timestamp\`, \`event.action\`, \`event.outcome\`, \`http.request.id\`, \`user.id\`,
\`gatehouse.client_id\`, \`organization.id\`, \`gatehouse.session_id\` and \`client.address\`; \`userName\` is \`user.name\`, \`reason\` is \`event.reason\`, other
fields are members of \`gatehouse.details\`.

Of a person who administers, \`actorClient\` beside \`actor\` names the client whose token the person came with. Of the operator at the
console, \`linkRequest\` names the request that made the link: its correlation id finds \`console_link_created\`.

| event | is written when | event.category | fields |
| --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}

An example from \`GET /auth/v3/ops/audit\`:

\`\`\`json
${JSON.stringify(example, null, 2)}
\`\`\`
`;
}

function fieldsOf(fields: CatalogueEntry['fields'] = {}): string {
  return Object.entries(fields)
    .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
    .join('; ');
}

const example = {
  seq: 4711,
  id: '3f1c3b1e-6a55-4c0e-9d5e-0d4b4a1f7c11',
  at: '2027-01-31T08:00:00.123Z',
  name: 'login_failed',
  outcome: 'failure',
  correlationId: '6c1e0a52-6b1f-4f0b-8f0a-2f8a6f0f2b77',
  contactCenterId: '22222222-2222-4222-8222-222222222222',
  clientAddress: '203.0.113.7',
  fields: { userName: 'agent', reason: 'bad_credentials' },
};
