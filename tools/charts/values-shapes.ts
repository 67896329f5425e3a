/** Says by path what each value may hold. `*` stands for one key. A path without an entry is typed by its default. */

import type { JsonSchema } from './kubernetes-shapes.ts';
import * as shape from './kubernetes-shapes.ts';

const digest = { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' };
const strings = shape.mapOf(shape.text);
const hosts = shape.list({ type: 'string', minLength: 1, pattern: '^[A-Za-z0-9*.-]+$' });
const nodes = shape.list({ type: 'string', pattern: '^[^\\s/@]+:[0-9]{1,5}$' });

const shapes: Readonly<Record<string, JsonSchema>> = {
  nameOverride: { type: 'string', maxLength: 63 },
  fullnameOverride: { type: 'string', maxLength: 63 },
  instanceOverride: {
    type: 'string',
    maxLength: 63,
    pattern: '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$',
  },
  commonLabels: strings,
  'image.pullPolicy': shape.oneOf('Always', 'IfNotPresent', 'Never'),
  'image.digest': digest,
  imagePullSecrets: shape.list(shape.namedReference),
  replicaCount: shape.count(),
  maxSurge: shape.numberOrPercent,
  revisionHistoryLimit: shape.count(),
  'secrets.keys.*': { type: 'string', pattern: '^[-._A-Za-z0-9]*$' },
  'redis.clusterNodes': nodes,
  'redis.sentinels': nodes,
  'migration.timeoutSeconds': shape.count(1),
  'migration.backoffLimit': shape.count(),
  'migration.resources': shape.resources,
  'configuration.secretRefs': shape.list({
    type: 'string',
    maxLength: 253,
    pattern: '^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$',
  }),
  'configuration.owner': { type: 'string', maxLength: 128, pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]*$' },
  'configuration.image.digest': digest,
  'configuration.timeoutSeconds': shape.count(1),
  'configuration.backoffLimit': shape.count(),
  'configuration.resources': shape.resources,
  'service.type': shape.oneOf('ClusterIP', 'NodePort', 'LoadBalancer'),
  'service.port': shape.port,
  '*.annotations': strings,
  '*.hosts': hosts,
  'gateway.parentRefs': shape.parentRefs,
  resources: shape.resources,
  'probes.*': shape.probe,
  'autoscaling.minReplicas': shape.count(1),
  'autoscaling.maxReplicas': shape.count(1),
  'autoscaling.targetCpuUtilization': shape.count(1),
  'autoscaling.extraMetrics': shape.scalingMetrics,
  'autoscaling.behavior': shape.scalingBehavior,
  'podDisruptionBudget.minAvailable': shape.numberOrPercent,
  'podDisruptionBudget.maxUnavailable': shape.numberOrPercent,
  'podDisruptionBudget.unhealthyPodEvictionPolicy': shape.oneOf('AlwaysAllow', 'IfHealthyBudget'),
  'networkPolicy.ingress.http': shape.peers,
  'networkPolicy.ingress.internal': shape.peers,
  'networkPolicy.ingress.management': shape.peers,
  'networkPolicy.ingress.extra': shape.ingressRules,
  'networkPolicy.egress.*.to': shape.peers,
  'networkPolicy.egress.*.ports': shape.list(shape.port),
  'networkPolicy.egress.extra': shape.egressRules,
  'serviceMonitor.interval': shape.duration,
  'serviceMonitor.scrapeTimeout': shape.duration,
  'serviceMonitor.labels': strings,
  'prometheusRule.labels': strings,
  'dashboards.labels': strings,
  'serviceMonitor.relabelings': shape.relabelings,
  'serviceMonitor.metricRelabelings': shape.relabelings,
  podLabels: strings,
  podAnnotations: strings,
  podSecurityContext: shape.podSecurityContext,
  containerSecurityContext: shape.containerSecurityContext,
  topologySpreadConstraints: shape.topologySpreadConstraints,
  nodeSelector: strings,
  tolerations: shape.tolerations,
  affinity: shape.affinity,
  extraEnv: shape.environmentVariables,
  extraVolumes: shape.volumes,
  extraVolumeMounts: shape.volumeMounts,
  extraObjects: shape.wholeObjects,
  'global.imagePullSecrets': shape.list(shape.namedReference),
  'global.trustedProxies': shape.list(shape.text),
  'doctor.image.digest': digest,
  'doctor.publicAt': { type: 'string', pattern: '^(https?://[^/]+)?$' },
  'evaluation.*.image.digest': digest,
  'evaluation.postgres.storage': { type: 'string', pattern: '^([0-9]+(M|G|T|Mi|Gi|Ti))?$' },
};

export function shapeOf(path: readonly string[]): JsonSchema | undefined {
  return shapes[path.join('.')] ?? shapes[wildcard(path)];
}

function wildcard(path: readonly string[]): string {
  const [pattern = ''] = Object.keys(shapes).filter((candidate) => {
    const parts = candidate.split('.');
    return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index]);
  });
  return pattern;
}
