/** Incidents of the places that audit events are sent to: a webhook that is away or refuses, an Elasticsearch that refuses. */
import { randomBytes } from 'node:crypto';
import { until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { rollBackAll, upgrade } from '../disturbances/releases.ts';
import { change } from '../disturbances/secrets.ts';
import { loadImages } from '../images/podman.ts';
import { becomes, mustBe } from '../step.ts';
import {
  askElasticsearch,
  elasticsearchImage,
  elasticsearchObjects,
  elasticsearchSettings,
  makeElasticsearchImage,
} from '../stores/optional.ts';
import { applyAll, isAvailable } from '../stores/steps.ts';
import { runbook, service } from './operator.ts';
import { receiverAuthority, receiverObjects } from './receiver.ts';

/** `gatehouse audit reship` asks both. */
const apis = ['environment-api', service];
const stranger = 'nobody-forward';
const secretKey = 'audit-forward-secret';

export const destinationIncidents = [
  runbook('Audit events do not reach the second destination', async (operator) => {
    const { cluster, application, gatehouse, logged, query, highest, sum } = operator;
    const waiting = () => highest('gatehouse_audit_unforwarded_seconds');
    const refused = () => highest('gatehouse_audit_unforwardable_events');
    await change(cluster, 'gatehouse', { [secretKey]: `whsec_${randomBytes(32).toString('base64')}` });
    const settings = [
      'auditForward.url=https://receiver.receiver.svc:8443/events',
      `auditForward.ca=${receiverAuthority.cert}`,
      `secrets.keys.auditForwardSecret=${secretKey}`,
    ];
    return withSettings(cluster, settings, 'receiver', async () => {
      await application.signIn(stranger, 'wrong', '203.0.113.9');
      await becomes('events wait', async () => (await waiting()) > 5);
      const seconds = await waiting();
      const line = await logged('audit events wait in PostgreSQL');
      await receive(cluster, stranger);
      await becomes('one event is set aside', async () => {
        await application.signIn('somebody-else', 'wrong');
        return (await refused()) > 0;
      });
      const reasons = await query(
        "SELECT reason, count(*) FROM auth.audit_set_aside WHERE target = 'forward' GROUP BY 1",
      );
      mustBe(reasons.trim() !== '', 'no reason is told');
      await receive(cluster, '');
      await gatehouse('gatehouse audit reship');
      await becomes('nothing waits', async () => (await refused()) === 0 && (await waiting()) === 0);
      const sent = await sum('gatehouse_audit_forwarded_events_total');
      return `gatehouse_audit_unforwarded_seconds ${seconds.toFixed(0)} (${(JSON.parse(line) as { message: string }).message}), then ${reasons.trim()}, then ${sent} sent`;
    }).finally(async () => {
      const patch = JSON.stringify([{ op: 'remove', path: `/data/${secretKey}` }]);
      const secret = ['secret', 'gatehouse', '--namespace', cluster.namespace];
      await cluster.tryKubectl(['patch', ...secret, '--type=json', '--patch', patch]);
    });
  }),

  runbook('Audit events are refused', async ({ cluster, application, gatehouse, query, highest }) => {
    await makeElasticsearchImage();
    await loadImages([elasticsearchImage]);
    const refused = () => highest('gatehouse_audit_set_aside_events');
    const unshipped = () => highest('gatehouse_audit_unshipped_events');
    return withSettings(cluster, elasticsearchSettings, 'logs', async () => {
      const waited = await until('events wait', async () => (await unshipped()) || undefined);
      await applyAll(cluster, elasticsearchObjects());
      await isAvailable(cluster, 'logs', 'elasticsearch');
      await becomes('all is shipped', async () => (await unshipped()) === 0, { timeoutMs: 180_000 });
      // An administrator adds an index template of higher priority: it replaces ours in the next index.
      const template = { mappings: { properties: { client: { type: 'keyword' } } } };
      const body = { index_patterns: ['logs-gatehouse.audit-*'], data_stream: {}, priority: 900, template };
      await inNextIndex(cluster, 'PUT', body);
      await becomes('events are set aside', async () => {
        await application.signIn(stranger, 'wrong');
        return (await refused()) > 0;
      });
      const reasons = await query('SELECT reason, count(*) FROM auth.audit_set_aside GROUP BY 1');
      mustBe(reasons.includes('client'), `the field is not named: ${reasons}`);
      await inNextIndex(cluster, 'DELETE');
      await gatehouse('gatehouse audit reship');
      await becomes('nothing is set aside', async () => (await refused()) === 0);
      return `gatehouse_audit_unshipped_events ${waited} without Elasticsearch, then 0; ${reasons.trim().slice(0, 120)}; sent again`;
    });
  }),
];

/** Both APIs have the settings, and what they connect to may be in the namespace, while `act` runs. */
async function withSettings<T>(
  cluster: Cluster,
  settings: readonly string[],
  namespace: string,
  act: () => Promise<T>,
): Promise<T> {
  for (const api of apis) await upgrade(cluster, api, ...settings);
  try {
    return await act();
  } finally {
    // First: a node of two cores has no room for it and a third pod.
    await cluster.tryKubectl(['delete', 'namespace', namespace, '--ignore-not-found']);
    await rollBackAll(cluster, apis);
  }
}

/** A receiver that takes everything but what has the given text in it. */
async function receive(cluster: Cluster, refuses: string): Promise<void> {
  await applyAll(cluster, receiverObjects(refuses));
  await isAvailable(cluster, 'receiver', 'receiver');
}

async function inNextIndex(cluster: Cluster, method: string, template?: object): Promise<void> {
  await askElasticsearch(cluster, method, '_index_template/somebody', template);
  await askElasticsearch(cluster, 'POST', 'logs-gatehouse.audit-default/_rollover');
}
