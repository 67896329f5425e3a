/** Writes the pages of docs/ that come from the services: settings, authorisation matrix, audit events. */
import { pathToFileURL } from 'node:url';
import { type Configuration, documentConfiguration, listSettings } from '@gatehouse/service-kit/config';
import { markdownTable } from '../markdown-table.ts';

const services = ['auth-api', 'auth-ui', 'environment-api'];

const introduction = `# Configuration

\`npm run generate\` writes this page from \`services/*/src/config.ts\` and the groups of settings that it imports. Change the sentences there.

Each setting has an environment variable and a key of the configuration file. The first of these that is set counts: the variable, the file named by
\`<variable>_FILE\` (for mounted secrets), the configuration file (YAML, named by \`GATEHOUSE_CONFIG_FILE\`), the default. A service with a mistake in its
configuration does not start: it reports all mistakes in one message and ends with status 78. It refuses an unknown key of the file, and a variable whose
name is almost one of those below. Secrets are always printed as \`[secret]\`.
A chart sets all of them from its [values](README.md), where all but connections and secrets have the same keys below \`config\`.

\`\`\`sh
node services/auth-api/dist/main.js check-config
\`\`\`

Unless \`GATEHOUSE_MODE\` is \`local\`, \`check-config\` and the start refuse values that are valid and too weak: a public origin over http, trusted
proxies in very wide ranges, secrets and passwords that can be guessed (those of PostgreSQL, Redis and Elasticsearch too, also in a connection string),
encryption keys that are not random, connections without encryption to stores on other machines. The message says why and names the setting with
\`ALLOW\` in its name that accepts the value. \`check-config\` and each start warn while such a setting is on.
`;

/** The settings of an ordinary installation, in this order; few need another one. */
const first = [
  'GATEHOUSE_PUBLIC_URL',
  'GATEHOUSE_TRUSTED_PROXIES',
  'GATEHOUSE_POSTGRES_HOST',
  'GATEHOUSE_POSTGRES_PASSWORD',
  'GATEHOUSE_REDIS_URL',
  'GATEHOUSE_AUTH_API_URL',
  'GATEHOUSE_ENCRYPTION_KEYS',
  'GATEHOUSE_OPS_PASSWORD',
  'GATEHOUSE_SERVICE_CLIENT_SECRET',
  'GATEHOUSE_ELASTICSEARCH_NODES',
  'GATEHOUSE_SESSION_IDLE_SECONDS',
  'GATEHOUSE_COMPAT_ENABLED',
];

/** docs/reference/configuration.md */
export async function configurationReference(root: string): Promise<string> {
  const modules = await Promise.all(
    services.map((service) => load<{ configuration: Configuration }>(root, `${service}/src/config.ts`)),
  );
  const configurations = modules.map(({ configuration }, index) => ({
    service: services[index] ?? '',
    configuration,
  }));
  const sections = configurations.map(
    ({ service, configuration }) => `\n## ${service}\n\n${documentConfiguration(configuration)}\n`,
  );
  return `${introduction}\n## The twelve settings you will touch\n\n${firstSettings(configurations)}\n${sections.join('')}`;
}

/** A row for each, as the first service that has it describes it. */
function firstSettings(configurations: readonly { service: string; configuration: Configuration }[]): string {
  const rows = first.map((variable) => {
    const having = configurations.flatMap(({ service, configuration }) =>
      listSettings(configuration.settings)
        .filter(({ setting }) => setting.env === variable)
        .map(({ setting }) => ({ service, setting })),
    );
    if (having[0] === undefined) throw new Error(`no service has the setting ${variable}`);
    return [`\`${variable}\``, having.map(({ service }) => service).join(', '), having[0].setting.doc];
  });
  return markdownTable(['variable', 'services', 'meaning'], rows);
}

/** docs/reference/assurance.md */
export async function assuranceReference(root: string): Promise<string> {
  const file = 'auth-api/test/assurance/assurance-page.ts';
  const { assurancePage } = await load<{ assurancePage(): string }>(root, file);
  return assurancePage();
}

/** docs/reference/authorisation.md */
export async function authorisationPage(root: string): Promise<string> {
  const file = 'environment-api/src/access/matrix-page.ts';
  const opsFile = 'auth-api/src/oauth/client-authentication/ops-matrix-page.ts';
  const { matrixPage } = await load<{ matrixPage(): string }>(root, file);
  const { opsMatrixPage } = await load<{ opsMatrixPage(): string }>(root, opsFile);
  return `${matrixPage()}\n${opsMatrixPage()}`;
}

/** docs/reference/audit-events.md */
export async function auditPage(root: string): Promise<string> {
  const file = 'auth-api/src/records/audit/catalogue-page.ts';
  return (await load<{ cataloguePage(): string }>(root, file)).cataloguePage();
}

function load<Module>(root: string, file: string): Promise<Module> {
  return import(pathToFileURL(`${root}/services/${file}`).href);
}
