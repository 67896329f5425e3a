/** Takes something away from what this tree promises, and expects the check to name it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { judge, releasedFolder, unsaidLosses } from '../check.ts';
import { losses } from '../compare.ts';
import { fieldsOf, type Schema } from '../fields.ts';
import { type Surface, surfaceOf } from '../surface.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const promised: Surface = { ...surfaceOf(root), version: '1.4.0' };

/** This tree a version later, changed as it must not be. */
function changed(change: (surface: Surface) => void, version = '1.5.0'): Surface {
  const next = structuredClone({ ...promised, version });
  change(next);
  return next;
}

/** The fields of the request or answer of an operation, which others may share. */
function fieldsIn(surface: Surface, operation: string, part: 'request' | 'answer 200') {
  const shape = surface.operations[operation]?.[part] ?? '';
  const fields = surface.shapes[shape];
  if (!fields) throw new Error(`${operation} has no ${part}`);
  return fields;
}

const sentences = (next: Surface) =>
  losses(promised, next).map(({ names, what }) => `${names.join(' ')} ${what}`);

describe('what this tree promises', () => {
  it('is what the last release promised, or UPGRADING.md says what became of it', () => {
    expect(unsaidLosses(root)).toEqual([]);
  });

  it('has something of every kind', () => {
    expect(promised.commands['clients create']).toMatchObject({ '--id': 'value', '--dry-run': 'flag' });
    expect(promised.commands['clients show']).toMatchObject({ 'argument 1': 'required text' });
    expect(promised.commands['gatehouse']).toMatchObject({ '--json': 'flag', '--profile': 'value' });
    expect(promised.values['auth-api']).toMatchObject({ 'config.compat.enabled': 'boolean' });
    expect(promised.configuration['auth-ui']).toMatchObject({ GATEHOUSE_PUBLIC_URL: 'required publicUrl' });
    expect(promised.settings).toHaveProperty('cors-origins');
    expect(promised.events['login_failed']).toMatchObject({ userName: 'any', reason: 'any' });
    expect(promised.auditFormat['Elasticsearch']).toMatchObject({ 'event.action': 'keyword' });
    expect(promised.metrics['http_request_duration_seconds']).toMatchObject({
      '': 'histogram',
      route: 'any',
    });
    expect(fieldsIn(promised, 'GET /auth/v3/ops/clients', 'request')).toMatchObject({
      'query limit': 'integer',
    });
    expect(Object.keys(promised.operations).filter((name) => name.includes('/internal/'))).toEqual([]);
  });

  it.each([
    ['reference/cli.md', 'commands', /^### /gm],
    ['reference/metrics.md', 'metrics', /^\| `/gm],
    ['reference/audit-events.md', 'events', /^\| [a-z]+_/gm],
  ] as const)('misses no row of docs/%s', (page, section, row) => {
    const rows = read(`docs/${page}`).match(row)?.length ?? 0;
    expect(Object.keys(promised[section]).length).toBeGreaterThanOrEqual(rows);
  });
});

describe('the check names', () => {
  const listClients = 'GET /auth/v3/ops/clients';
  const createClient = 'POST /auth/v3/ops/clients';

  it.each<[string, (surface: Surface) => void, string]>([
    ['an operation', ({ operations }) => delete operations[listClients], `${listClients} is removed`],
    [
      'a parameter',
      (surface) => delete fieldsIn(surface, listClients, 'request')['query limit'],
      `${listClients} query limit is removed`,
    ],
    [
      'a field of an answer',
      (surface) => delete fieldsIn(surface, listClients, 'answer 200')['data[].name'],
      `${listClients} data[].name is removed`,
    ],
    [
      'an answer that may be nothing',
      (surface) => {
        fieldsIn(surface, listClients, 'answer 200')['data[].name'] = 'null | string';
      },
      `${listClients} data[].name may be null, which it could not`,
    ],
    [
      'a parameter that takes less',
      (surface) => {
        fieldsIn(surface, listClients, 'request')['query search'] = '"a" | "b"';
      },
      `${listClients} query search no longer takes string`,
    ],
    [
      'a new parameter that must be given',
      (surface) => {
        fieldsIn(surface, listClients, 'request')['query tenant'] = 'required string';
      },
      `${listClients} query tenant is required`,
    ],
    [
      'an operation that takes no body any more',
      ({ operations }) => delete operations[createClient]?.request,
      `${createClient} has no body any more`,
    ],
    ['a command', ({ commands }) => delete commands['clients show'], 'clients show is removed'],
    [
      'an option',
      ({ commands }) => delete commands['clients list']?.['--search'],
      'clients list --search is removed',
    ],
    [
      'an option that wants a value',
      ({ commands }) => Object.assign(commands['gatehouse'] ?? {}, { '--json': 'value' }),
      'gatehouse --json no longer takes flag',
    ],
    [
      'a further argument',
      ({ commands }) => Object.assign(commands['clients show'] ?? {}, { 'argument 2': 'required text' }),
      'clients show argument 2 is required',
    ],
    [
      'a value of a chart',
      ({ values }) => delete values['auth-api']?.['config.compat.enabled'],
      'auth-api config.compat.enabled is removed',
    ],
    [
      'a variable',
      ({ configuration }) => delete configuration['auth-api']?.['GATEHOUSE_REDIS_URL'],
      'auth-api GATEHOUSE_REDIS_URL is removed',
    ],
    [
      'another key of the configuration file',
      ({ configuration }) => Object.assign(configuration['auth-ui'] ?? {}, { GATEHOUSE_PUBLIC_URL: 'url' }),
      'auth-ui GATEHOUSE_PUBLIC_URL no longer takes publicUrl',
    ],
    ['a setting', ({ settings }) => delete settings['cors-origins'], 'cors-origins is removed'],
    ['an event', ({ events }) => delete events['login_failed'], 'login_failed is removed'],
    [
      'a field of an event',
      ({ events }) => delete events['login_failed']?.['reason'],
      'login_failed reason is removed',
    ],
    [
      'another type in the audit documents',
      ({ auditFormat }) => Object.assign(auditFormat['Elasticsearch'] ?? {}, { 'event.action': 'text' }),
      'Elasticsearch event.action may be text, which it could not',
    ],
    [
      'a metric',
      ({ metrics }) => delete metrics['gatehouse_dependency_up'],
      'gatehouse_dependency_up is removed',
    ],
    [
      'a label',
      ({ metrics }) => delete metrics['http_request_duration_seconds']?.['route'],
      'http_request_duration_seconds route is removed',
    ],
  ])('%s', (_what, change, sentence) => {
    expect(sentences(changed(change))).toContain(sentence);
  });

  it('a removed field once, without what was below it', () => {
    const { request = '' } = promised.operations[createClient] ?? {};
    const next = changed(({ shapes }) => {
      const kept = Object.entries(shapes[request] ?? {}).filter(([field]) => !field.startsWith('data'));
      shapes[request] = Object.fromEntries(kept);
    });
    expect(sentences(next).filter((sentence) => sentence.startsWith(`${createClient} `))).toEqual([
      `${createClient} data is removed`,
    ]);
  });
});

describe('nothing is lost', () => {
  it.each<[string, (surface: Surface) => void]>([
    ['by more of everything', (surface) => Object.assign(surface.events, { something_new: {} })],
    [
      'by an optional parameter, and one that takes more',
      (surface) =>
        Object.assign(fieldsIn(surface, 'GET /auth/v3/ops/clients', 'request'), {
          'query further': 'string',
          'query limit': 'number | string',
        }),
    ],
    [
      'by a further field and a further value of an answer',
      (surface) => {
        const fields = fieldsIn(surface, 'GET /auth/v3/ops/clients', 'answer 200');
        fields['data[].further'] = 'string';
        fields['data[].clientType'] += ' | "DEVICE"';
      },
    ],
    [
      'by a demand inside of what nobody gave before',
      (surface) =>
        Object.assign(fieldsIn(surface, 'POST /auth/v3/ops/clients', 'request'), {
          'data.further': 'object',
          'data.further.name': 'required string',
        }),
    ],
  ])('%s', (_what, change) => {
    expect(sentences(changed(change))).toEqual([]);
  });
});

describe('UPGRADING.md', () => {
  const without = (version: string) =>
    changed(({ metrics }) => delete metrics['gatehouse_dependency_up'], version);
  const sayings =
    'gatehouse_dependency_up is removed: UPGRADING.md needs a line below "To 2.0.0" with `gatehouse_dependency_up`';

  it('must name a loss below the version that comes, in one line with all of it', () => {
    const next = without('2.0.0');
    expect(judge(next, [promised], '')).toEqual([sayings]);
    expect(judge(next, [promised], '## To 1.4.0 (from 1.3.0)\n\n`gatehouse_dependency_up`\n')).toEqual([
      sayings,
    ]);
    const said = '## To 2.0.0 (from 1.4.0)\n\n- `gatehouse_dependency_up`: look at `up`.\n';
    expect(judge(next, [promised], said)).toEqual([]);
  });

  it.each([
    ['1.4.0', '1.5.0', 1],
    ['1.4.0', '2.0.0', 0],
    ['0.1.0', '0.1.1', 1],
    ['0.1.0', '0.2.0', 0],
    ['0.9.0', '1.0.0', 0],
  ])('is not enough where the step from %s to %s breaks nothing by its number', (from, to, findings) => {
    const said = `## To ${to} (from ${from})\n\n\`gatehouse_dependency_up\`\n`;
    expect(judge(without(to), [{ ...promised, version: from }], said)).toHaveLength(findings);
  });

  it('is asked about the release before alone', () => {
    const older = without('1.3.0');
    const [before, now] = [promised, changed(() => undefined)];
    older.metrics['gatehouse_long_gone'] = {};
    expect(judge(now, [before, older], '')).toEqual([]);
  });
});

it('every minor version that is released has a row in the table of SECURITY.md', () => {
  const minors = readdirSync(path.join(root, releasedFolder)).map((file) => file.replace(/\.\d+\.json$/, ''));
  const rows = read('SECURITY.md').matchAll(/^\| (\d+\.\d+) \| \d{4}-\d\d-\d\d \| until \d{4}-\d\d-\d\d/gm);
  expect([...rows].map(([, minor]) => minor).sort()).toEqual([...new Set(minors)].sort());
});

it('a version that is released stays as it was', () => {
  const next = changed(({ events }) => Object.assign(events, { something_new: {} }), '1.4.0');
  expect(judge(next, [promised], '')).toEqual([
    '1.4.0 is released, and this tree is not what it was: give package.json the next version',
  ]);
});

it('a schema that holds itself, or is one of several, is listed by its fields', () => {
  const node: Schema = {
    type: 'object',
    properties: { name: { enum: ['a', true] }, below: { type: 'array', items: { $ref: '#/node' } } },
    required: ['name'],
  };
  const either: Schema = {
    anyOf: [node, { type: 'object', properties: { id: { const: 1 } }, required: ['id'] }],
  };
  expect(fieldsOf({ anyOf: [either, { type: 'null' }] }, () => node)).toEqual({
    '': 'null | object',
    name: '"a" | boolean',
    below: 'array',
    'below[]': 'object',
    'below[].name': 'required "a" | boolean',
    'below[].below': 'array',
    'below[].below[]': 'object',
    id: '1',
  });
});
