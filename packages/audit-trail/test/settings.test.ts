/** Settings that contradict each other or are refused: told at the start, not in the middle of an outage. */
import { expect, it } from 'vitest';
import { auditForwardProblems, auditForwardSettings, elasticsearchProblems } from '../src/settings.ts';

const good = {
  ...{ nodes: ['https://elasticsearch.example:9200'], username: undefined, password: undefined },
  ...{ apiKey: undefined, allowPlaintext: false, logs: true },
};

it('settings that fit each other have no problem', () => {
  expect(elasticsearchProblems(good)).toEqual([]);
  expect(elasticsearchProblems({ ...good, nodes: [], logs: false })).toEqual([]);
});

it.each([
  ['log lines without an Elasticsearch', { nodes: [] }, /LOGS needs GATEHOUSE_ELASTICSEARCH_NODES/],
  ['plain text to another machine', { nodes: ['http://elasticsearch.example:9200'] }, /is not this machine/],
  [
    'a password in the address',
    { nodes: ['https://u:hunter2@elasticsearch.example'] },
    /variables of their own/,
  ],
  ['a user without a password', { username: 'gatehouse' }, /belong together/],
])('%s is told', (_, changes, problem) => {
  const problems = elasticsearchProblems({ ...good, ...changes }).join();
  expect(problems).toMatch(problem);
  expect(problems).not.toContain('hunter2');
});

const forward = { url: 'https://siem.example/hooks', secret: 'whsec_x', cert: undefined, key: undefined };

it.each([
  ['a signed webhook over https', {}],
  ['a syslog receiver', { url: 'syslog+tls://siem.example:6514', secret: undefined }],
  ['no second destination', { url: undefined, secret: undefined }],
])('%s is taken as second destination', (_, changes) => {
  expect(auditForwardProblems('production', { ...forward, ...changes })).toEqual([]);
});

// attack: audit events over plain HTTP, or to a webhook that cannot know who sent them | CWE-319, CWE-345 | guard: packages/audit-trail/src/settings.ts
it.each([
  ['plain text', { url: 'http://127.0.0.1:9000/hooks' }, /must be https/],
  ['a webhook without a key', { secret: undefined }, /needs GATEHOUSE_AUDIT_FORWARD_SECRET/],
])('a second destination that is %s is refused', (_, changes, problem) => {
  expect(auditForwardProblems('production', { ...forward, ...changes }).join()).toMatch(problem);
});

it.each([
  ['credentials in the address', { url: 'https://u:hunter2@siem.example' }, /do not belong into an address/],
  ['a path of a syslog receiver', { url: 'syslog+tls://siem.example/x' }, /is host and port/],
  ['a certificate without its key', { cert: 'PEM' }, /belong together/],
])('a second destination with %s is refused', (_, changes, problem) => {
  const problems = auditForwardProblems('production', { ...forward, ...changes }).join();
  expect(problems).toMatch(problem);
  expect(problems).not.toContain('hunter2');
});

it('plain text to a webhook is for local mode', () => {
  expect(auditForwardProblems('local', { ...forward, url: 'http://127.0.0.1:9000/hooks' })).toEqual([]);
});

it('a key of a webhook that could be guessed is refused, also in its second line', () => {
  const parse = (text: string) => auditForwardSettings.secret.schema.safeParse(text).success;
  const good = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
  expect([good, `${good}\n${good}\n`].map(parse)).toEqual([true, true]);
  expect(['whsec_c2hvcnQ=', good.slice(6), `${good}\nwhsec_x`, `${good} `].map(parse)).toEqual([
    ...[false, false, false, false],
  ]);
});
