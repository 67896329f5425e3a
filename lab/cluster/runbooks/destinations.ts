/** Incidents of the places that audit events are sent to: a webhook that is away or refuses, an Elasticsearch that refuses. */
import { randomBytes } from 'node:crypto';
import { until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { rollBackAll, upgrade } from '../disturbances/releases.ts';
import { change } from '../disturbances/secrets.ts';
import { loadImages } from '../images/podman.ts';
import { mustBe } from '../step.ts';
import {
  askElasticsearch,
  elasticsearchImage,
  elasticsearchObjects,
  elasticsearchSettings,
  makeElasticsearchImage,
} from '../stores/optional.ts';
import { applyAll, isAvailable } from '../stores/steps.ts';
import { registerApplication } from './callers.ts';
import { seriesOf, sumOf } from './metrics.ts';
import { runbook } from './operator.ts';
import { receiverAuthority, receiverObjects } from './receiver.ts';

const service = 'auth-api';
/** `gatehouse audit reship` asks both. */
const apis = ['environment-api', service];
const stranger = 'nobody-forward';
const secretKey = 'audit-forward-secret';

export const destinationIncidents = [
  runbook(
    'Audit events do not reach the second destination',
    async ({ cluster, gatehouse, logged, query }) => {
      const application = await registerApplication(cluster, 'runbook-forward');
      const waiting = () => highest(cluster, 'gatehouse_audit_unforwarded_seconds');
      const refused = () => highest(cluster, 'gatehouse_audit_unforwardable_events');
      await change(cluster, 'gatehouse', { [secretKey]: `whsec_${randomBytes(32).toString('base64')}` });
      const settings = [
        'auditForward.url=https://receiver.receiver.svc:8443/events',
        `auditForward.ca=${receiverAuthority.cert}`,
        `secrets.keys.auditForwardSecret=${secretKey}`,
      ];
      for (const api of apis) await upgrade(cluster, api, ...settings);
      try {
        await application.signIn(stranger, 'wrong', '203.0.113.9');
        const seconds = await until('events wait', async () =>
          (await waiting()) > 5 ? await waiting() : undefined,
        );
        const line = await logged(service, 'audit events wait in PostgreSQL');
        await receive(cluster, stranger);
        await until('one event is set aside', async () => {
          await application.signIn('somebody-else', 'wrong');
          return (await refused()) > 0 || undefined;
        });
        const reasons = await query(
          "SELECT reason, count(*) FROM auth.audit_set_aside WHERE target = 'forward' GROUP BY 1",
        );
        mustBe(reasons.trim() !== '', 'no reason is told');
        await receive(cluster, '');
        await gatehouse('gatehouse audit reship');
        await until(
          'nothing waits',
          async () => ((await refused()) === 0 && (await waiting()) === 0) || undefined,
        );
        const sent = await sumOf(cluster, service, 'gatehouse_audit_forwarded_events_total');
        return `gatehouse_audit_unforwarded_seconds ${seconds.toFixed(0)} (${(JSON.parse(line) as { message: string }).message}), then ${reasons.trim()}, then ${sent} sent`;
      } finally {
        // First: a node of two cores has no room for it and a third pod.
        await cluster.tryKubectl(['delete', 'namespace', 'receiver', '--ignore-not-found']);
        await rollBackAll(cluster, apis);
        const patch = JSON.stringify([{ op: 'remove', path: `/data/${secretKey}` }]);
        const secret = ['secret', 'gatehouse', '--namespace', cluster.namespace];
        await cluster.tryKubectl(['patch', ...secret, '--type=json', '--patch', patch]);
        await application.remove();
      }
    },
  ),

  runbook('Audit events are refused', async ({ cluster, gatehouse, query }) => {
    const application = await registerApplication(cluster, 'runbook-refusals');
    await makeElasticsearchImage();
    await loadImages([elasticsearchImage]);
    for (const api of apis) await upgrade(cluster, api, ...elasticsearchSettings);
    const refused = () => highest(cluster, 'gatehouse_audit_set_aside_events');
    const unshipped = () => highest(cluster, 'gatehouse_audit_unshipped_events');
    try {
      const waited = await until('events wait', async () => (await unshipped()) || undefined);
      await applyAll(cluster, elasticsearchObjects());
      await isAvailable(cluster, 'logs', 'elasticsearch');
      await until('all is shipped', async () => (await unshipped()) === 0 || undefined, {
        timeoutMs: 180_000,
      });
      await changeMapping(cluster);
      await until('events are set aside', async () => {
        await application.signIn(stranger, 'wrong');
        return (await refused()) > 0 || undefined;
      });
      const reasons = await query('SELECT reason, count(*) FROM auth.audit_set_aside GROUP BY 1');
      mustBe(reasons.includes('client'), `the field is not named: ${reasons}`);
      await mendMapping(cluster);
      await gatehouse('gatehouse audit reship');
      await until('nothing is set aside', async () => (await refused()) === 0 || undefined);
      return `gatehouse_audit_unshipped_events ${waited} without Elasticsearch, then 0; ${reasons.trim().slice(0, 120)}; sent again`;
    } finally {
      await cluster.tryKubectl(['delete', 'namespace', 'logs', '--ignore-not-found']);
      await rollBackAll(cluster, apis);
      await application.remove();
    }
  }),
];

const highest = async (cluster: Cluster, name: string) =>
  Math.max(0, ...(await seriesOf(cluster, service, name)));

/** A receiver that takes everything but what has the given text in it. */
async function receive(cluster: Cluster, refuses: string): Promise<void> {
  await applyAll(cluster, receiverObjects(refuses));
  await isAvailable(cluster, 'receiver', 'receiver');
}

/** An administrator adds an index template of higher priority: it replaces ours in the next index. */
async function changeMapping(cluster: Cluster): Promise<void> {
  const template = { mappings: { properties: { client: { type: 'keyword' } } } };
  const body = { index_patterns: ['logs-gatehouse.audit-*'], data_stream: {}, priority: 900, template };
  await askElasticsearch(cluster, 'PUT', '_index_template/somebody', body);
  await askElasticsearch(cluster, 'POST', 'logs-gatehouse.audit-default/_rollover');
}

async function mendMapping(cluster: Cluster): Promise<void> {
  await askElasticsearch(cluster, 'DELETE', '_index_template/somebody');
  await askElasticsearch(cluster, 'POST', 'logs-gatehouse.audit-default/_rollover');
}
