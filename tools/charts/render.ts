/** Renders a chart to Kubernetes objects. */
import { parseAllDocuments, stringify } from 'yaml';
import { type HelmMajor, runHelm } from './helm.ts';

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: the shape depends on the kind; validateObject checks it.
  [key: string]: any;
}

export interface RenderOptions {
  release?: string;
  /** Files of values, relative to nothing: absolute paths. */
  valuesFiles?: readonly string[];
  /** Values that win over the files. */
  values?: object;
  /** API versions the cluster is said to know. */
  apiVersions?: readonly string[];
  isUpgrade?: boolean;
  skipSchema?: boolean;
  helm?: HelmMajor;
}

/** @throws Error with Helm's own words, such as the name of a misspelt key */
export async function renderChart(folder: string, options: RenderOptions = {}): Promise<KubernetesObject[]> {
  return parseManifest(await renderManifest(folder, options));
}

/** @throws Error where a document is not valid YAML */
export function parseManifest(manifest: string): KubernetesObject[] {
  return parseAllDocuments(manifest)
    .map((document) => {
      const [error] = document.errors;
      if (error) throw new Error(`The manifest is not valid YAML: ${error.message}`);
      return document.toJS() as KubernetesObject | null;
    })
    .filter((object) => object !== null);
}

export async function renderManifest(folder: string, options: RenderOptions = {}): Promise<string> {
  const args = [
    'template',
    options.release ?? folder.replace(/^.*\//, ''),
    folder,
    '--namespace',
    'gatehouse',
  ];
  for (const file of options.valuesFiles ?? []) args.push('--values', file);
  for (const version of options.apiVersions ?? []) args.push('--api-versions', version);
  if (options.isUpgrade) args.push('--is-upgrade');
  if (options.skipSchema) args.push('--skip-schema-validation');
  if (options.values) args.push('--values', '-');
  const result = await runHelm(args, options.values ? stringify(options.values) : '', options.helm);
  if (result.exitCode !== 0) throw new Error(result.stderr.trim());
  return result.stdout;
}
