/** Writes docs/reference/metrics.md: every metric of the services, from the calls that create it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../markdown-table.ts';
import { sourceFiles } from '../source-files.ts';

interface Metric {
  name: string;
  kind: string;
  labels: string;
  help: string;
}

const introduction = `# Metrics

\`npm run generate\` writes this page from the calls that create the metrics. They are at \`/metrics\` of the management port
([monitoring](../guides/operations.md#monitoring)). Beside these each process has those of its event loop and memory (\`nodejs_…\`, \`process_…\`). Names with colons are recorded
by the rules of the charts.
`;

/** The service that has the metrics of a folder, as a title of the page. */
const owners: readonly [folder: string, title: string][] = [
  ['packages/service-kit/src', 'Every service'],
  ['packages/audit-trail/src', 'Auth API and Environment API'],
  ['services/auth-api/src', 'Auth API'],
  ['services/environment-api/src', 'Environment API'],
  ['services/auth-ui/src', 'Auth UI'],
];

const call = /metrics\.(counter|gauge|histogram)\(/g;
const created =
  /metrics\.(counter|gauge|histogram)\(\s*(?:'([a-z_]+)'|[\w.]+\.(\w+)),\s*(['`])(.*?)\4(?:,\s*\[([^\]]*)\])?/gs;
/** Metrics about requests are kept without prom-client. */
const ofRequests =
  /\bname(?:: '([a-z_]+)')?,\s*help: '([^']+)'(?:, (?:type: '(\w+)'|labelNames: \[([^\]]*)\]))?/g;

export async function metricsPage(root: string): Promise<string> {
  const sections = owners.flatMap(([folder, title]) => {
    const files = sourceFiles(root, new RegExp(`^${folder}/.*\\.ts$`));
    const rows = metricsIn(files.map((file) => readFileSync(join(root, file), 'utf8')))
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ name, kind, labels, help }) => [`\`${name}\``, kind, labels, help]);
    return rows.length === 0
      ? []
      : [`\n## ${title}\n\n${markdownTable(['metric', 'kind', 'labels', 'meaning'], rows)}\n`];
  });
  return introduction + sections.join('');
}

/** @throws Error where a call creates a metric in another form than this file reads */
function metricsIn(texts: readonly string[]): Metric[] {
  const all = texts.join('\n');
  return texts.flatMap((text) => {
    const found = [...text.matchAll(created)];
    const calls = text.match(call)?.length ?? 0;
    if (found.length !== calls)
      throw new Error(`${calls} metrics are created and ${found.length} understood:\n${text.slice(0, 200)}`);
    return [
      ...found.flatMap(([, kind = '', name, key = '', , help = '', labels = '']) =>
        (name ? [name] : namesOf(all, key)).map((one) => metricOf(one, kind, labels, filled(help, text))),
      ),
      ...(text.includes('createRequestMetrics(') && text.includes('registerMetric(')
        ? requestMetrics(text)
        : []),
    ];
  });
}

/** A destination of audit events gives its metrics their names: \`metrics: { waiting: 'gatehouse_…' }\`. */
function namesOf(all: string, key: string): string[] {
  return [...all.matchAll(new RegExp(`\\b${key}: '(gatehouse_[a-z_]+)'`, 'g'))].map(([, name = '']) => name);
}

function requestMetrics(text: string): Metric[] {
  const [, first = ''] = /const name = '([a-z_]+)'/.exec(text) ?? [];
  return [...text.matchAll(ofRequests)].map(([, name = first, help = '', kind = 'counter', labels = '']) =>
    metricOf(name, kind, name === first ? "'method', 'route', 'status'" : labels, help),
  );
}

function metricOf(name: string, kind: string, labels: string, help: string): Metric {
  const names = [...labels.matchAll(/'(\w+)'/g)].map(([, label]) => `\`${label}\``);
  return { name, kind, labels: names.join(', '), help };
}

/** A template holds the receiver of audit events, or a number that the same file defines. */
function filled(help: string, text: string): string {
  return help.replaceAll(/\$\{(\w+)(?: - (\d+))?\}/g, (expression, constant, less = '0') => {
    if (constant === 'receiver') return 'the receiver';
    const [, value] = new RegExp(`const ${constant} = (\\d+);`).exec(text) ?? [];
    if (value === undefined) throw new Error(`the number in ${expression} is not known: ${help}`);
    return String(Number(value) - Number(less));
  });
}
