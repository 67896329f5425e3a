/** Writes a chart's README from Chart.yaml and the comments of values.yaml. */
import { markdownTable } from '../markdown-table.ts';
import type { ValuesKey } from './values-document.ts';

export interface ChartManifest {
  name: string;
  description: string;
  version: string;
  appVersion: string;
  kubeVersion: string;
}

export function chartReadme(manifest: ChartManifest, keys: readonly ValuesKey[]): string {
  return `# ${manifest.name}

${manifest.description}. Kubernetes ${manifest.kubeVersion.replace(/-0$/, '')}, Helm 3 or 4.

\`\`\`sh
helm dependency build charts/${manifest.name}
helm upgrade --install ${manifest.name} charts/${manifest.name} --namespace gatehouse --values my-values.yaml
\`\`\`

\`ci/minimal.yaml\` has the fewest values that install; \`ci/full.yaml\` and \`ci/existing-secret.yaml\` show every key in use. \`docs/guides/deployment.md\` says how to
install the three services together, which secrets they share and which connections they open.

## Values

\`npm run generate\` writes this table from \`values.yaml\`. The schema refuses a key that it does not know. Beside the keys of this table it knows every setting of the group.

${valuesTable(keys)}
`;
}

export function umbrellaReadme(manifest: ChartManifest, keys: readonly ValuesKey[]): string {
  return `# ${manifest.name}

${manifest.description}. Kubernetes ${manifest.kubeVersion.replace(/-0$/, '')}, Helm 3 or 4.

\`\`\`sh
helm dependency build charts/${manifest.name}
helm upgrade --install ${manifest.name} charts/${manifest.name} --namespace gatehouse --values my-values.yaml
\`\`\`

\`ci/minimal.yaml\` has the fewest values that install against stores that exist; \`ci/full.yaml\` shows every key in use. \`docs/guides/deployment.md\` says which keys
the Secret needs, and how three releases become this one. For a trial on an empty namespace:

\`\`\`sh
helm install gatehouse charts/gatehouse --namespace trial --create-namespace --set evaluation.enabled=true --set global.publicUrl=http://localhost:8080
\`\`\`

\`docs/start/one-cluster.md\` says what it brings, and where it is refused.

## Values

\`npm run generate\` writes this table from \`values.yaml\`. Every value of a service's own chart stands under its name, such as \`auth-api.ingress.enabled\`
(the \`README.md\` of [Auth API](../auth-api/README.md), [Auth UI](../auth-ui/README.md) and [Environment API](../environment-api/README.md)). The schemas refuse a
key that they do not know.

${valuesTable(keys)}
`;
}

function valuesTable(keys: readonly ValuesKey[]): string {
  return markdownTable(['key', 'default', 'meaning'], keys.flatMap(row));
}

function row(key: ValuesKey): string[][] {
  if (key.isGroup && !key.comment) return [];
  const shown = key.isGroup ? '' : key.isOptional ? 'not set' : `\`${JSON.stringify(key.default)}\``;
  return [[`\`${key.path.join('.')}\``, shown, key.comment]];
}
