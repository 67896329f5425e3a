/** Installs templates and lifecycle policies in Elasticsearch, or checks that an administrator has installed them. */
import type { Logger } from '@gatehouse/service-kit/observability';
import {
  type Asset,
  assetsVersion,
  auditDataStream,
  auditLifecycle,
  auditTemplates,
} from './audit-assets.ts';
import type { ElasticsearchClient } from './client.ts';
import { logLifecycle, logTemplate } from './log-assets.ts';

export interface InstallOptions {
  client: ElasticsearchClient;
  namespace: string;
  retentionDays: number;
  /** false: an administrator installs, and only the version is checked. */
  install: boolean;
  log: Logger;
}

/**
 * Compares the version in the index template. Equal: updates only the lifecycle policy. Higher: a newer release has
 * installed it, nothing is changed. Lower or none: installs everything, and the next event opens a new index.
 * @throws Error when the template is missing and must not be installed.
 */
export async function installAuditAssets(options: InstallOptions): Promise<void> {
  const { client, namespace, retentionDays, install, log } = options;
  const found = await installedVersion(client, 'gatehouse-audit');
  if (!install) {
    if (found === undefined) {
      throw new Error(
        'Elasticsearch has no index template gatehouse-audit: install it (docs/guides/logging.md)',
      );
    }
    if (found < assetsVersion) {
      log.warn(
        { found, wanted: assetsVersion },
        'the index template gatehouse-audit is older than this release',
      );
    }
    return;
  }
  if (found !== undefined && found > assetsVersion) return;
  const put = ({ path, body }: Asset) => client.transport.request({ method: 'PUT', path: `/${path}`, body });
  // The age of deletion is a setting, so it is updated at every start.
  await put(auditLifecycle({ retentionDays }));
  if (found === assetsVersion) return;
  const templates = auditTemplates();
  if (found !== undefined) {
    // The new version is put last: an update that is interrupted before the rollover is repeated as a whole.
    for (const { path, body } of templates) await put({ path, body: { ...body, version: found } });
    const stream = auditDataStream(namespace);
    if (await client.indices.exists({ index: stream })) await client.indices.rollover({ alias: stream });
  }
  for (const template of templates) await put(template);
  if (found === undefined) return;
  log.info({ from: found, to: assetsVersion }, 'the index template gatehouse-audit was updated');
}

/** Installs the assets of log lines. They need no rollover, because their mapping does not change with the fields. */
export async function installLogAssets(client: ElasticsearchClient, retentionDays: number): Promise<void> {
  const found = await installedVersion(client, 'gatehouse-service-logs');
  if (found !== undefined && found > assetsVersion) return;
  for (const { path, body } of [logLifecycle(retentionDays), logTemplate()])
    await client.transport.request({ method: 'PUT', path: `/${path}`, body });
}

async function installedVersion(client: ElasticsearchClient, name: string): Promise<number | undefined> {
  const answer = await client.indices.getIndexTemplate({ name }, { ignore: [404] });
  const template = answer.index_templates?.[0]?.index_template;
  return template === undefined ? undefined : (template.version ?? 0);
}
