/** The part of a values schema that is the service's own configuration, from the same schemas that the service loads it with. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Configuration, isSetting, type Setting, type SettingTree } from '@gatehouse/service-kit/config';
import { z } from 'zod';
import { closed, type JsonSchema } from './kubernetes-shapes.ts';
import { repository, type ServiceChart } from './places.ts';

/** Set by the chart itself: ports of a pod never clash, and the chart's objects name them. */
export const chartOwned: readonly string[] = [
  'http.host',
  'http.port',
  'http.managementHost',
  'http.managementPort',
  'internal.host',
  'internal.port',
];

/** @throws Error where the service exports no configuration */
export async function serviceConfiguration(chart: ServiceChart): Promise<Configuration> {
  const file = path.join(repository, 'services', chart, 'src/config.ts');
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const found = Object.values(module).find(isConfiguration);
  if (!found) throw new Error(`${file} exports no configuration`);
  return found;
}

/** Closed schema of a tree of settings, without secrets and without what the chart owns. */
export function configurationShape(tree: SettingTree, at: readonly string[] = []): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const [key, node] of Object.entries(tree)) {
    const here = [...at, key];
    if (chartOwned.includes(here.join('.'))) continue;
    if (!isSetting(node)) {
      const shape = configurationShape(node as SettingTree, here);
      if (Object.keys(shape['properties'] as object).length > 0) properties[key] = shape;
    } else if (!node.secret) {
      properties[key] = settingShape(node);
    }
  }
  return closed(properties);
}

function isConfiguration(value: unknown): value is Configuration {
  return typeof value === 'object' && value !== null && 'service' in value && 'settings' in value;
}

/**
 * Patterns and formats of text stay with the service, which explains a mistake better and reads empty text as absent. Only an
 * address without its scheme is refused here, alone or in a list: names of objects and ports of policies are made of addresses.
 */
function settingShape(setting: Setting): JsonSchema {
  const { $schema, format, pattern, minLength, default: _, ...shape } = outputShape(setting.schema);
  const items = shape['items'] as JsonSchema | undefined;
  const isList = items?.['format'] === 'uri';
  return {
    ...shape,
    ...(format === 'uri' && addressPattern(setting.schema)),
    ...(isList && { items: { type: 'string', ...addressPattern(setting.schema) } }),
    description: setting.doc,
  };
}

function addressPattern(schema: z.ZodType): JsonSchema {
  const schemes = ['https', 'http', 'rediss', 'redis', 'syslog+tls', 'smtps', 'smtp'].filter(
    (scheme) => schema.safeParse(`${scheme}://host.example`).success,
  );
  return { pattern: `^(${schemes.join('|').replace('+', '\\+')})://|^$` };
}

/** The shape of the setting after reading: only there does a schema that also reads text say that it means a number. */
function outputShape(schema: z.ZodType): JsonSchema {
  const shape = z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonSchema;
  return shape['type'] || shape['enum'] || shape['anyOf']
    ? shape
    : (z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as JsonSchema);
}
