/** Builds values.schema.json: closed everywhere, descriptions from the comments of values.yaml, no reference to the network. */
import type { Configuration, SettingTree } from '@gatehouse/service-kit/config';
import { configurationShape } from './configuration-shape.ts';
import { closed, definitions, type JsonSchema, text } from './kubernetes-shapes.ts';
import type { ValuesKey } from './values-document.ts';
import { shapeOf } from './values-shapes.ts';

/** Groups of values that are connections of the service's configuration, with keys of the chart beside them. */
const connections = ['postgres', 'redis', 'consul', 'elasticsearch', 'auditForward', 'alerts'];

/** @throws Error where a value's default does not say what it may hold */
export function buildValuesSchema(
  title: string,
  keys: readonly ValuesKey[],
  configuration: Configuration,
): JsonSchema {
  const root = closed({
    ...groupProperties([], keys, configuration.settings),
    // Helm puts the library's own values here.
    common: { type: 'object' },
  });
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...root, definitions };
}

/** Closed as well, but for the values of the services: their own schemas check those. `service`: one that uses every connection. */
export function buildUmbrellaSchema(
  title: string,
  keys: readonly ValuesKey[],
  service: JsonSchema,
): JsonSchema {
  const { global } = service['properties'] as { global: { properties: Record<string, JsonSchema> } };
  const ownShapes: Record<string, JsonSchema> = {
    // Says `evaluation.enabled` to the charts of the services.
    global: closed({ ...global.properties, evaluation: { const: true } }),
    doctor: closed(groupProperties(['doctor'], keys, {})),
    evaluation: closed(groupProperties(['evaluation'], keys, {})),
  };
  const members = childrenOf([], keys).map(({ path: [name = ''], comment }): [string, JsonSchema] => [
    name,
    { description: comment, ...(ownShapes[name] ?? { type: 'object' }) },
  ]);
  // Helm puts there what the charts without keys of their own say.
  const silent = { common: { type: 'object' }, 'evaluation-values': { type: 'object' } };
  const root = closed({ ...Object.fromEntries(members), ...silent });
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...root };
}

function groupProperties(
  group: readonly string[],
  keys: readonly ValuesKey[],
  settings: SettingTree,
): Record<string, JsonSchema> {
  const members = childrenOf(group, keys).map((key): [string, JsonSchema] => [
    key.path.at(-1) ?? '',
    { ...(key.comment && { description: key.comment }), ...keyShape(key, keys, settings) },
  ]);
  return Object.fromEntries(members);
}

function keyShape(key: ValuesKey, keys: readonly ValuesKey[], settings: SettingTree): JsonSchema {
  const name = key.path.join('.');
  if (name === 'config') return configurationShape(withoutConnections(settings));
  if (name === 'secrets.values') return closed(secretValues(keys));
  const connection = name.replace(/^global\./, '');
  if (connections.includes(connection)) {
    const own = groupProperties([connection], keys, settings);
    return closed({ ...own, ...connectionProperties(connection, settings) });
  }
  const shape = shapeOf(key.path);
  if (shape) return shape;
  if (!key.isGroup) return shapeOfDefault(name, key.default);
  const own = groupProperties(key.path, keys, settings);
  // A larger chart puts what it likes there.
  return name === 'global' ? { type: 'object', properties: own } : closed(own);
}

function connectionProperties(name: string, settings: SettingTree): Record<string, JsonSchema> {
  const shape = configurationShape((settings[name] ?? {}) as SettingTree, [name]);
  return shape['properties'] as Record<string, JsonSchema>;
}

function shapeOfDefault(name: string, value: unknown): JsonSchema {
  if (typeof value === 'string') return text;
  if (typeof value === 'boolean') return { type: 'boolean' };
  if (typeof value === 'number') return { type: 'integer' };
  if (Array.isArray(value) && connections.includes(name.split('.')[0] ?? '')) return { type: 'array' };
  throw new Error(`${name}: its default does not say what it may hold; describe it in values-shapes.ts`);
}

function secretValues(keys: readonly ValuesKey[]): Record<string, JsonSchema> {
  return Object.fromEntries(
    childrenOf(['secrets', 'keys'], keys).map(({ path, comment }) => [
      path.at(-1) ?? '',
      { description: comment, ...text },
    ]),
  );
}

function childrenOf(group: readonly string[], keys: readonly ValuesKey[]): ValuesKey[] {
  return keys.filter(
    ({ path }) => path.length === group.length + 1 && group.every((part, index) => path[index] === part),
  );
}

function withoutConnections(settings: SettingTree): SettingTree {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !connections.includes(key)));
}
