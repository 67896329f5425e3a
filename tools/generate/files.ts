/** Lists the files of the repository that programs write, and writes or compares them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Asset, auditLifecycle, auditTemplates } from '@gatehouse/audit-trail/elasticsearch';
import { anyDocumentSchema, documentKindNames, documentSchemaOf } from '@gatehouse/contracts/documents';
import { jsonSchemaOf } from '@gatehouse/contracts/resource';
import {
  branding,
  client,
  configServer,
  contactCenter,
  environment,
  oidc,
  saml,
  signalReceiver,
} from '@gatehouse/contracts/resources';
import { chartFiles } from '../charts/chart-files.ts';
import { reachabilityPage } from '../reachability/page.ts';
import { architectureFolders } from './architecture-folders.ts';
import { attacksPage } from './attacks-page.ts';
import { cliPage } from './cli-page.ts';
import { dashboard } from './dashboard.ts';
import { decisionsIndex } from './decisions-index.ts';
import { deprecationsPage } from './deprecations-page.ts';
import { metricsPage } from './metrics-page.ts';
import { openApiDocument } from './openapi.ts';
import { assuranceReference, auditPage, authorisationPage, configurationReference } from './pages.ts';
import { pickedTexts } from './picked-texts.ts';
import { referencePage } from './reference.ts';
import { runbookSections } from './runbook-sections.ts';
import { settingsPage } from './settings-page.ts';
import { standardsPage } from './standards-page.ts';
import { versionFiles } from './versions.ts';

interface GeneratedFile {
  /** From the root of the repository. */
  path: string;
  produce(root: string): Promise<string>;
}

interface Content {
  path: string;
  content: string;
}

const defaultRetentionDays = 365;

const fileNames = ['ilm-policy', 'settings', 'mappings', 'index-template'];

/** For the administrator of an Elasticsearch where the services may not create them. */
const elasticsearchFiles = [auditLifecycle({ retentionDays: defaultRetentionDays }), ...auditTemplates()].map(
  (asset: Asset, index) => ({
    path: `docs/reference/elasticsearch/${fileNames[index]}.json`,
    produce: async () => `${JSON.stringify(asset.body, null, 2)}\n`,
  }),
);

const clientsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Clients of gatehouse clients apply',
  type: 'object',
  properties: {
    clients: { type: 'array', items: { $ref: 'client.schema.json', required: ['client_id'] } },
  },
  required: ['clients'],
};
/** For editors: files of `gatehouse … --file` and of `gatehouse clients apply`. */
const editorSchemas = Object.entries({
  branding: jsonSchemaOf(branding),
  client: jsonSchemaOf(client),
  clients: clientsSchema,
  'config-server': jsonSchemaOf(configServer),
  'contact-center': jsonSchemaOf(contactCenter),
  environment: jsonSchemaOf(environment),
  oidc: jsonSchemaOf(oidc),
  saml: jsonSchemaOf(saml),
  'signal-receiver': jsonSchemaOf(signalReceiver),
}).map(([name, schema]) => ({
  path: `docs/reference/${name}.schema.json`,
  produce: async () => `${JSON.stringify(schema, null, 2)}\n`,
}));

/** For editors: documents of `gatehouse apply`, of any kind and of each. */
const documentSchemas = [
  ['Document', anyDocumentSchema()] as const,
  ...documentKindNames.map((kind) => [kind, documentSchemaOf(kind)] as const),
].map(([name, schema]) => ({
  path: `docs/reference/documents/${name}.schema.json`,
  produce: async () => `${JSON.stringify(schema, null, 2)}\n`,
}));

const generatedFiles: GeneratedFile[] = [
  {
    path: 'packages/service-kit/src/html/error-texts.json',
    produce: pickedTexts(/^(?:error\.|support\.|language\.(?:name|choose)$)/),
  },
  {
    path: 'services/auth-api/src/operations/alerts/texts.json',
    produce: pickedTexts(
      /^(?:sentence\.(?:alert|check|probe|problem)\.|console\.runbook\.|console\.home\.(?:ending|subject)\.)/,
    ),
  },
  { path: 'docs/reference/configuration.md', produce: configurationReference },
  { path: 'docs/reference/settings.md', produce: settingsPage },
  { path: 'docs/reference/deprecations.md', produce: deprecationsPage },
  { path: 'docs/reference/cli.md', produce: cliPage },
  { path: 'docs/reference/metrics.md', produce: metricsPage },
  { path: 'docs/reference/assurance.md', produce: assuranceReference },
  { path: 'docs/reference/authorisation.md', produce: authorisationPage },
  { path: 'docs/reference/reachability.md', produce: async () => reachabilityPage() },
  { path: 'docs/contributing/layout.md', produce: architectureFolders },
  { path: 'docs/reference/audit-events.md', produce: auditPage },
  { path: 'docs/contributing/attack-ledger.md', produce: attacksPage },
  { path: 'docs/contributing/decisions/README.md', produce: decisionsIndex },
  { path: 'services/auth-ui/views/console/runbooks/sections.eta', produce: runbookSections },
  { path: 'docs/reference/standards.md', produce: standardsPage },
  ...['auth-api', 'environment-api', 'auth-ui'].map((service) => ({
    path: `services/${service}/openapi.json`,
    produce: (root: string) => openApiDocument(root, service),
  })),
  ...['auth-api', 'environment-api'].map((service) => ({
    path: `docs/reference/${service}.md`,
    produce: (root: string) => referencePage(root, service),
  })),
  { path: 'charts/auth-api/monitoring/gatehouse-dashboard.json', produce: dashboard },
  ...editorSchemas,
  ...documentSchemas,
  ...elasticsearchFiles,
  ...chartFiles,
];

/** Writes every file anew; returns the paths that changed. */
export async function writeGeneratedFiles(root: string): Promise<string[]> {
  // The version first: the programs below read it where they stand.
  const versions = write(root, changed(root, versionFiles(root)));
  return [...versions, ...write(root, await differing(root))];
}

function write(root: string, files: readonly Content[]): string[] {
  for (const { path, content } of files) writeFileSync(join(root, path), content);
  return files.map(({ path }) => path);
}

/** One sentence for each file that is not what its program writes. */
export async function staleFiles(root: string): Promise<string[]> {
  return (await differing(root)).map(({ path }) => `${path} is out of date: run npm run generate`);
}

async function differing(root: string): Promise<Content[]> {
  const files = await Promise.all(
    generatedFiles.map(async ({ path, produce }) => ({ path, content: await produce(root) })),
  );
  return changed(root, [...versionFiles(root), ...files]);
}

function changed(root: string, files: readonly Content[]): Content[] {
  return files.filter(({ path, content }) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== content;
  });
}
