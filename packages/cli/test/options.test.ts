import { type Fields, field } from '@gatehouse/contracts/resource';
import { contactCenter, environment, oidc } from '@gatehouse/contracts/resources';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldsOf } from '../src/input/fields.ts';
import { optionsOf } from '../src/input/options.ts';
import { columnsOf } from '../src/output/columns.ts';
import { renderTable } from '../src/output/table.ts';
import { runCommand } from '../src/run-command.ts';
import type { Session } from '../src/session.ts';

const flagsOf = (...given: Parameters<typeof optionsOf>) => optionsOf(...given).map(({ flags }) => flags);

test('every field that a person can type has an option, whatever else spells its value', () => {
  const flags = flagsOf(environment, {});
  expect(flags).toEqual(
    expect.arrayContaining([
      '--tls-enabled <flag>',
      '--local-timeout <number>',
      '--trace-mode <text>',
      '--directory <value>',
      '--ldap-base-dns <values>',
      '--ldap-filters-person <text>',
    ]),
  );
  expect(flagsOf(oidc, {})).toContain('--scopes <values>');
});

// attack: secret in the list of processes of a machine | CWE-214 | guard: packages/cli/src/input/options.ts
test('a secret, a long text and a list of objects have no option', () => {
  const fields = [environment, oidc].flatMap((resource) =>
    optionsOf<Fields>(resource, {}).map(({ field }) => field),
  );
  const secrets = ['password', 'ldap.bindPassword', 'tls.mutual.key', 'clientSecret'];
  const others = ['tls.ca', 'configServers', 'ldap.servers'];
  expect([...secrets, ...others].filter((field) => fields.includes(field))).toEqual([]);
});

test('an option may have words of its own, and its field is known', () => {
  const [first, ...others] = optionsOf(contactCenter, {
    environmentId: ['--environment <id>', 'its people'],
  });
  expect(first).toMatchObject({
    flags: '--environment <id>',
    description: 'its people',
    field: 'environmentId',
  });
  expect(others.map(({ field }) => field)).not.toContain('environmentId');
  expect(() => optionsOf(environment, { 'ldap.nothing': ['--nothing', ''] })).toThrow('has no field');
});

test('texts become values of the field, also below an object', async () => {
  const options = optionsOf(environment, {});
  const given = {
    localTimeout: '30',
    remoteTimeout: 'never',
    tlsEnabled: 'false',
    ldapBaseDns: 'dc=a, dc=b',
    ldapBindDn: 'cn=x',
  };
  expect(await fieldsOf({} as Session, given, options)).toEqual({
    localTimeout: 30,
    // What is no number is for the API to refuse, with the name of the field.
    remoteTimeout: 'never',
    tlsEnabled: false,
    ldap: { baseDns: ['dc=a', 'dc=b'], bindDn: 'cn=x' },
  });
});

test('subjects change by the command alone that says first what ends', async () => {
  const { exitCode, error } = await runCommand(['cc', 'update', 'north', '--subject-scope', 'environment']);
  expect([exitCode, error]).toEqual([2, expect.stringContaining("unknown option '--subject-scope'")]);
});

test('a column that the description names stands beside those of the command', () => {
  const group = 'all';
  const gate = {
    name: 'gate',
    fields: {
      title: field(z.string(), { label: 'Title', help: 'Of the gate.', group, isColumn: true }),
      ways: field(z.array(z.string()), {
        label: 'Ways through',
        help: 'One or more.',
        group,
        isColumn: true,
      }),
      height: field(z.int(), { label: 'Height', help: 'In metres.', group }),
    },
  };
  const columns = columnsOf(gate, { name: () => 'West' }, ['title']);
  const screen = { columns: undefined, heading: (text: string) => text };
  expect(renderTable([{ title: 'West', ways: ['a', 'b'], height: 3 }], columns, screen)).toBe(
    'NAME  WAYS THROUGH\nWest  a, b\n',
  );
});
