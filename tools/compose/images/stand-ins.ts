/** Makes stand-ins for the images of the stores, from Debian's packages and the servers that other tests use. */
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianImage, makeDebian, makeImage } from '../../images/base.ts';
import { buildConsul } from '../../real/consul/build.ts';
import { findConsul } from '../../real/consul/places.ts';
import { installElasticsearch, javaHome } from '../../real/elasticsearch/install.ts';

const entrypointOf = (store: string) => join(import.meta.dirname, `../stand-ins/${store}-entrypoint.sh`);

const recipe = createHash('sha256');
for (const file of [import.meta.filename, ...['postgres', 'redis', 'elasticsearch'].map(entrypointOf)])
  recipe.update(readFileSync(file));
const tag = recipe.digest('hex').slice(0, 16);

/** Names of the images by the variable that brings them into docker/compose.yaml. Another recipe has other names. */
export const standIns = {
  PUBLIC_HOST_IMAGE: `localhost/compose/nginx:${tag}`,
  REDIS_IMAGE: `localhost/compose/redis:${tag}`,
  POSTGRES_IMAGE: `localhost/compose/postgres:${tag}`,
  ELASTICSEARCH_IMAGE: `localhost/compose/elasticsearch:${tag}`,
  CONSUL_IMAGE: `localhost/compose/consul:${tag}`,
};

const install = (...packages: string[]) =>
  `RUN apt-get update && apt-get install --yes --no-install-recommends ${packages.join(' ')} && rm -r /var/lib/apt/lists`;

/** Makes those that are missing. */
export async function makeStandIns(): Promise<void> {
  await makeDebian();
  await make('PUBLIC_HOST_IMAGE', [
    install('nginx-light', 'curl'),
    'RUN rm /etc/nginx/sites-enabled/default',
    'CMD ["nginx", "-g", "daemon off;"]',
  ]);
  const redis = [
    install('redis-server'),
    'COPY entrypoint.sh /usr/local/bin/docker-entrypoint.sh',
    'RUN install -d -o redis -g redis /data',
    'WORKDIR /data',
    'ENTRYPOINT ["docker-entrypoint.sh"]',
  ];
  await make('REDIS_IMAGE', redis, (folder) => copyEntrypoint('redis', folder));
  const postgres = [
    install('postgresql-15'),
    'ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'COPY entrypoint.sh /usr/local/bin/docker-entrypoint.sh',
  ];
  await make('POSTGRES_IMAGE', postgres, (folder) => copyEntrypoint('postgres', folder));
  await makeConsul();
  await makeElasticsearch();
}

async function makeConsul(): Promise<void> {
  const program = findConsul() ?? (await buildConsul(() => undefined));
  const lines = [
    'COPY consul /usr/local/bin/consul',
    'ENTRYPOINT ["sh", "-c", "exec consul $0 -data-dir=/consul/data -config-dir=/consul/config"]',
  ];
  await make('CONSUL_IMAGE', lines, (folder) => copyFileSync(program, join(folder, 'consul')));
}

async function makeElasticsearch(): Promise<void> {
  const home = await installElasticsearch();
  const config = 'network.host: 0.0.0.0\\nxpack.security.enabled: true\\n';
  const lines = [
    install('curl'),
    'COPY java /usr/lib/java',
    'RUN useradd --uid 1000 elasticsearch',
    'COPY --chown=1000:1000 home /usr/share/elasticsearch',
    'COPY entrypoint.sh /usr/local/bin/docker-entrypoint.sh',
    'USER 1000:1000',
    'ENV ES_JAVA_HOME=/usr/lib/java',
    'WORKDIR /usr/share/elasticsearch',
    `RUN printf '${config}' > config/elasticsearch.yml && mkdir -p data logs`,
    'ENTRYPOINT ["docker-entrypoint.sh"]',
  ];
  await make('ELASTICSEARCH_IMAGE', lines, (folder) => {
    cpSync(home, join(folder, 'home'), { recursive: true });
    // Debian's folder has links to sources that are not installed.
    const filter = (file: string) => existsSync(file);
    cpSync(javaHome(), join(folder, 'java'), { recursive: true, dereference: true, filter });
    copyEntrypoint('elasticsearch', folder);
  });
}

function make(
  variable: keyof typeof standIns,
  lines: string[],
  fill: (folder: string) => void = () => undefined,
): Promise<void> {
  const containerfile = [`FROM ${debianImage}`, ...lines].join('\n');
  return makeImage(standIns[variable], containerfile, async (folder) => fill(folder));
}

/** Copies an entry point that does as much of the official image's as docker/compose.yaml relies on. */
function copyEntrypoint(store: string, folder: string): void {
  copyFileSync(entrypointOf(store), join(folder, 'entrypoint.sh'));
}
