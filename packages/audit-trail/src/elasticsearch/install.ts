/** Installs what Elasticsearch needs for audit events, or makes sure that an administrator did. */
import type { Logger } from '@gatehouse/service-kit/logging/logger';
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
  /** false: an administrator installs; we only look. */
  install: boolean;
  log: Logger;
}

/**
 * Idempotent, by the version in the index template: equal, nothing is done but the lifecycle's; higher, a newer
 * release has been here and knows better; lower or none, everything is put and the next event opens a new index.
 * @throws Error when the template is not there and may not be installed.
 */
export async function installAuditAssets(options: InstallOptions): Promise<void> {
  const { client, namespace, retentionDays, install, log } = options;
  const found = await installedVersion(client, 'gatehouse-audit');
  if (!install) {
    if (found === undefined) {
      throw new Error('Elasticsearch has no index template gatehouse-audit: install it (docs/logging.md)');
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
  // The age of deletion is configuration: it follows at every start.
  await put(auditLifecycle({ retentionDays }));
  if (found === assetsVersion) return;
  const templates = auditTemplates();
  if (found !== undefined) {
    // The version comes last: whoever is interrupted before the new index is open does everything again.
    for (const { path, body } of templates) await put({ path, body: { ...body, version: found } });
    const stream = auditDataStream(namespace);
    if (await client.indices.exists({ index: stream })) await client.indices.rollover({ alias: stream });
  }
  for (const template of templates) await put(template);
  if (found === undefined) return;
  log.info({ from: found, to: assetsVersion }, 'the index template gatehouse-audit was updated');
}

/** The same for log lines, which need no new index: their fields are open. */
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
