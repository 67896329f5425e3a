import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { locationsField } from '../src/environment-api/location.ts';
import { checkedBy, factsOf, field } from '../src/resource/field.ts';
import { inputsOf } from '../src/resource/inputs.ts';
import { jsonSchemaOf } from '../src/resource/json-schema.ts';
import { changeShape, initialOf } from '../src/resource/resource.ts';
import { shownShape } from '../src/resource/shown.ts';
import { englishTexts } from '../src/resource/texts.ts';
import { apiKey } from '../src/resources/api-key.ts';
import { branding } from '../src/resources/branding.ts';
import { client } from '../src/resources/client.ts';
import { configServer } from '../src/resources/config-server.ts';
import { contactCenter } from '../src/resources/contact-center.ts';
import { environment } from '../src/resources/environment.ts';
import { oidc } from '../src/resources/oidc.ts';
import { origin } from '../src/resources/origin.ts';
import { person } from '../src/resources/person.ts';
import { saml } from '../src/resources/saml.ts';
import { setting } from '../src/resources/setting.ts';
import { flag, integer, list } from '../src/values/scalar.ts';

const word = z.string().max(8);
const group = 'all';
const gate = {
  name: 'gate',
  fields: {
    id: field(word, { label: 'Id', help: 'Never changes.', group, isFixed: true }),
    title: field(word, { label: 'Title', help: 'Read by people.', group, initial: 'A gate' }),
    secret: field(word.optional(), { label: 'Secret', help: 'Never shown.', group, isSecret: true }),
    color: field(z.enum(['red', 'blue']).optional(), {
      label: 'Colour',
      help: 'None without it.',
      group,
      isClearable: true,
    }),
    ways: field(z.array(word).max(2), { label: 'Ways', help: 'One in each line.', group, initial: [] }),
    lock: field(
      z.strictObject({
        isOpen: field(z.boolean().default(false), { label: 'Open', help: 'Lets people in.', group }),
        height: field(z.int().optional(), { label: 'Height', help: 'In metres.', group }),
      }),
      { label: 'Lock', help: 'What holds it.', group },
    ),
  },
};

describe('a PATCH', () => {
  const schema = z.object(changeShape(gate));

  it('may leave every field, and takes away by null what may be taken away', () => {
    expect(schema.parse({})).toEqual({});
    expect(schema.parse({ color: null, title: 'West' })).toEqual({ color: null, title: 'West' });
    expect(schema.safeParse({ title: null }).success).toBe(false);
  });

  it('has no field that is fixed, and one that is secret', () => {
    expect(Object.keys(schema.shape)).toEqual(['title', 'secret', 'color', 'ways', 'lock']);
  });

  it('keeps the limits of the field, and describes it by its help', () => {
    const { issues } = schema.safeParse({ title: 'too long a title', ways: ['a', 'b', 'c'] })
      .error as z.ZodError;
    expect(issues.map(({ path }) => path)).toEqual([['title'], ['ways']]);
    expect(schema.shape.color.description).toBe('None without it.');
    expect(gate.fields.lock.shape.isOpen.description).toBe('Lets people in.');
  });

  it('is of a type that knows which fields there are', () => {
    const change: z.input<typeof schema> = { color: null, lock: {} };
    // @ts-expect-error A fixed field cannot be changed.
    change.id = 'west';
    // @ts-expect-error A name may not be taken away.
    change.title = null;
    expect(change).toBeDefined();
  });
});

describe('an answer', () => {
  const schema = z.object(shownShape(gate));

  it('has no secret, whatever it is made from', () => {
    const shown = schema.parse({
      id: 'west',
      title: 'West',
      secret: 'open',
      ways: [],
      lock: { isOpen: true },
    });
    expect(shown).toEqual({ id: 'west', title: 'West', ways: [], lock: { isOpen: true } });
  });

  it('may hold what only the next release knows', () => {
    const next = {
      id: 'w',
      title: 'a longer title',
      color: 'green',
      ways: ['a', 'b', 'c'],
      lock: { isOpen: true },
    };
    expect(schema.parse(next)).toEqual(next);
  });

  it('must hold what is always there', () => {
    expect(schema.safeParse({ id: 'west', title: 'West', ways: [] }).success).toBe(false);
  });

  it('has the value that is stored, of the spellings that are taken', () => {
    const told = { label: 'Typed', help: 'In several forms.', group };
    const fields = {
      port: field(integer(1, 9), told),
      isOpen: field(flag().default(false), told),
      places: field(locationsField, told),
      names: field(list(word, 2), told),
      mode: field(
        word.transform((text) => text.toLowerCase()),
        told,
      ),
    };
    const spelled = z.object(shownShape({ name: 'spelled', fields }));
    const shown: z.infer<typeof spelled> = {
      port: 80,
      isOpen: true,
      places: ['/'],
      names: ['a', 'b', 'c'],
      mode: 'off',
    };
    expect(spelled.parse(shown)).toEqual(shown);
    expect(spelled.safeParse({ ...shown, port: '80' }).success).toBe(false);
    expect(spelled.safeParse({ ...shown, places: '/' }).success).toBe(false);
  });

  it('has no secret inside of an object, and describes each field by its help', () => {
    const tls = shownShape(environment).tls.unwrap();
    const mutual = tls.shape.mutual.unwrap();
    expect(Object.keys(mutual.shape)).toEqual(['cert']);
    // @ts-expect-error The key is no field of an answer.
    expect(mutual.shape.key).toBeUndefined();
    expect(mutual.shape.cert.description).toBe(
      environment.fields.tls.unwrap().unwrap().shape.mutual.unwrap().unwrap().shape.cert.description,
    );
    expect(schema.shape.lock.shape.isOpen.description).toBe('Lets people in.');
  });
});

describe('a new resource', () => {
  it('has the initial values, and none in common with another one', () => {
    const [one, other] = [initialOf(gate), initialOf(gate)];
    one.ways.push('north');
    expect(other).toEqual({ title: 'A gate', ways: [] });
  });
});

describe('inputs', () => {
  it('are typed by the kind of their schema, inside of objects, too', () => {
    const kinds = inputsOf(gate).map(({ path, kind }) => `${path} ${kind}`);
    expect(kinds).toEqual([
      'id text',
      'title text',
      'secret text',
      'color choice',
      'ways lines',
      'lock.isOpen flag',
      'lock.height number',
    ]);
  });

  it('tell limits, options and whether they may stay empty', () => {
    const [, title, , color] = inputsOf(gate);
    expect(title).toMatchObject({ maxLength: 8, isOptional: false });
    expect(color).toMatchObject({ options: ['red', 'blue'], isOptional: true });
  });

  it('of a client are one for each field, in groups', () => {
    const inputs = inputsOf(client);
    expect(inputs.find(({ path }) => path === 'authorizedGrantTypes')?.kind).toBe('choices');
    expect(inputs.find(({ path }) => path === 'tokenExchange.subjectClients')?.kind).toBe('lines');
    expect(new Set(inputs.map(({ path }) => path)).size).toBe(inputs.length);
    const labels = inputs.map(({ facts }) => `${facts.group} ${facts.label}`);
    expect(new Set(labels).size).toBe(labels.length);
  });
});

describe('a field', () => {
  it('has facts of its own where several have one schema', () => {
    expect(factsOf(gate.fields.id, 'gate.id').label).toBe('Id');
    expect(factsOf(gate.fields.title, 'gate.title').label).toBe('Title');
  });

  it('keeps them where another schema checks it', () => {
    const stricter = checkedBy(gate.fields.color, z.enum(['red']).optional());
    const schema = z.object(changeShape({ name: 'gate', fields: { color: stricter } }));
    expect(schema.parse({ color: null })).toEqual({ color: null });
    expect(schema.safeParse({ color: 'blue' }).success).toBe(false);
  });

  it('that is wrapped after it was described is refused by its name', () => {
    const wrapped = { name: 'gate', fields: { title: gate.fields.title.optional() } };
    expect(() => changeShape(wrapped)).toThrow('gate.title has no facts');
    expect(() => inputsOf(wrapped)).toThrow('gate.title has no facts');
  });

  it('has two English texts', () => {
    expect(englishTexts(gate)).toMatchObject({
      'field.gate.title': 'Title',
      'field.gate.title.help': 'Read by people.',
      'field.gate.lock.height': 'Height',
    });
  });
});

describe('the JSON Schema for editors', () => {
  it('tells label, help, initial value, and where null is allowed', () => {
    expect(jsonSchemaOf(gate)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: {
        title: {
          type: 'string',
          maxLength: 8,
          title: 'Title',
          description: 'Read by people.',
          default: 'A gate',
        },
        color: { title: 'Colour', anyOf: [{ enum: ['red', 'blue'] }, { type: 'null' }] },
        lock: { properties: { height: { title: 'Height' } } },
      },
    });
  });
});

describe('a value with several spellings', () => {
  const told = { label: 'L', help: 'H.', group };
  const door = {
    name: 'door',
    fields: {
      isOpen: field(flag().default(true), told),
      height: field(integer(1, 9).optional(), told),
      names: field(list(word, 3).nullish(), { ...told, isClearable: true }),
      places: field(locationsField.default(['/']), told),
      size: field(z.union([z.literal(''), word]).optional(), told),
    },
  };

  it('is typed in its plainest form', () => {
    expect(inputsOf(door).map(({ path, kind }) => [path, kind])).toEqual([
      ['isOpen', 'flag'],
      ['height', 'number'],
      ['names', 'lines'],
      ['places', 'lines'],
      ['size', 'text'],
    ]);
  });

  it('has each of them in JSON Schema, where it is made and where it is changed', () => {
    for (const shape of [door.fields, changeShape(door)]) {
      const { properties } = z.toJSONSchema(z.object(shape), { io: 'input', unrepresentable: 'any' });
      expect(properties?.['isOpen']).toMatchObject({
        description: 'H.',
        anyOf: [{ type: 'boolean' }, { type: 'string', enum: ['true', 'false'] }],
      });
      expect(properties?.['height']).toMatchObject({ anyOf: [{ type: 'integer' }, { type: 'string' }] });
    }
  });

  it('is of the type that is sent', () => {
    const change: z.input<z.ZodObject<ReturnType<typeof changeShape<typeof door.fields>>>> = {
      isOpen: 'true',
      height: '3',
      names: null,
      places: '/west',
    };
    // @ts-expect-error Only a clearable value is taken away.
    change.isOpen = null;
    expect(change).toBeDefined();
  });
});

describe('the resources of Environment API', () => {
  const resources = {
    apiKey,
    branding,
    configServer,
    contactCenter,
    environment,
    oidc,
    origin,
    person,
    saml,
    setting,
  };

  it.each(Object.entries(resources))('have a label and a help for each field: %s', (_name, resource) => {
    expect(Object.entries(englishTexts(resource)).filter(([, text]) => text.length < 2)).toEqual([]);
  });
});
