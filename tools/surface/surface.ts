/** Describes what an installation may rely on from one release to the next, as the reference of this tree promises it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf } from '../generate/versions.ts';
import { type Fields, fieldsOf, type Schema } from './fields.ts';
import { commandsOf, eventsOf, metricsOf, settingsOf, type Things, variablesOf } from './pages.ts';
import { type Rest, restOf } from './rest.ts';

export interface Surface extends Rest {
  version: string;
  commands: Things;
  /** Of each chart. */
  values: Things;
  /** Variables and keys of the configuration file, of each service. */
  configuration: Things;
  /** Of contact centres. */
  settings: Things;
  events: Things;
  /** The documents in Elasticsearch. */
  auditFormat: Things;
  metrics: Things;
}

/** From generated files alone: `npm run check` refuses them where they are not what the programs say. */
export function surfaceOf(root: string): Surface {
  const text = (path: string) => readFileSync(join(root, path), 'utf8');
  const json = (path: string) => JSON.parse(text(path));
  const page = (name: string) => text(`docs/reference/${name}.md`);
  const charts = ['auth-api', 'auth-ui', 'environment-api', 'gatehouse'];
  return {
    version: versionOf(root),
    ...restOf(['auth-api', 'environment-api'].map((service) => json(`services/${service}/openapi.json`))),
    commands: commandsOf(page('cli')),
    values: Object.fromEntries(
      charts.map((chart) => [chart, valuesOf(json(`charts/${chart}/values.schema.json`))]),
    ),
    configuration: variablesOf(page('configuration')),
    settings: settingsOf(page('settings')),
    events: eventsOf(page('audit-events')),
    auditFormat: { Elasticsearch: documentOf(json('docs/reference/elasticsearch/mappings.json')) },
    metrics: metricsOf(page('metrics')),
  };
}

/** The schemas of Kubernetes objects are those of Kubernetes: what stands below is theirs to promise. */
function valuesOf(schema: Schema & { definitions?: Record<string, Schema> }): Fields {
  return fieldsOf(schema, () => ({ type: 'object' }));
}

/** An Elasticsearch mapping nests `properties` as a JSON schema does, and has types of its own. */
function documentOf({ template }: { template: { mappings: Schema } }): Fields {
  return fieldsOf(template.mappings, () => ({}));
}
