/** Settings of Elasticsearch that contradict each other: told at the start, not in the middle of an outage. */
import { expect, it } from 'vitest';
import { elasticsearchProblems } from '../src/settings.ts';

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
