/** The one validator of rendered Kubernetes objects: types and required fields by schema, and no key the API does not know. */
import { Application } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import { Certificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import { Issuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import { ExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret';
import { SecretStore } from '@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore';
import { HelmRelease } from '@kubernetes-models/flux-cd/helm.toolkit.fluxcd.io/v2/HelmRelease';
import { Kustomization } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1/Kustomization';
import { GitRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1/GitRepository';
import { OCIRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1/OCIRepository';
import { BackendTLSPolicy } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/BackendTLSPolicy';
import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Pod } from 'kubernetes-models/v1/Pod';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { KubernetesObject } from './render.ts';
import { watchReads } from './unread-keys.ts';

interface Model {
  // biome-ignore lint/suspicious/noExplicitAny: each model takes its own kind.
  new (data: any): { validate(): void };
}

const models: Readonly<Record<string, Model>> = {
  'apps/v1 Deployment': Deployment,
  'argoproj.io/v1alpha1 Application': Application,
  'autoscaling/v2 HorizontalPodAutoscaler': HorizontalPodAutoscaler,
  'batch/v1 CronJob': CronJob,
  'batch/v1 Job': Job,
  'cert-manager.io/v1 Certificate': Certificate,
  'cert-manager.io/v1 Issuer': Issuer,
  'external-secrets.io/v1 ExternalSecret': ExternalSecret,
  'external-secrets.io/v1 SecretStore': SecretStore,
  'gateway.networking.k8s.io/v1 BackendTLSPolicy': BackendTLSPolicy,
  'gateway.networking.k8s.io/v1 HTTPRoute': HTTPRoute,
  'helm.toolkit.fluxcd.io/v2 HelmRelease': HelmRelease,
  'kustomize.toolkit.fluxcd.io/v1 Kustomization': Kustomization,
  'monitoring.coreos.com/v1 PrometheusRule': PrometheusRule,
  'monitoring.coreos.com/v1 ServiceMonitor': ServiceMonitor,
  'networking.k8s.io/v1 Ingress': Ingress,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
  'source.toolkit.fluxcd.io/v1 GitRepository': GitRepository,
  'source.toolkit.fluxcd.io/v1 OCIRepository': OCIRepository,
  'v1 ConfigMap': ConfigMap,
  'v1 PersistentVolumeClaim': PersistentVolumeClaim,
  'v1 Pod': Pod,
  'v1 Secret': Secret,
  'v1 Service': Service,
  'v1 ServiceAccount': ServiceAccount,
};

/** The mistakes of the object, one sentence each; none when the API server would take it as it stands. */
export function validateObject(object: KubernetesObject): string[] {
  const name = `${object.kind} ${object.metadata?.name}`;
  const ModelOfKind = models[`${object.apiVersion} ${object.kind}`];
  if (!ModelOfKind) return [`${name}: the validator does not know ${object.apiVersion} ${object.kind}`];
  // The model keeps a copy, so its reads are watched, not those of the object.
  const { watched, unread } = watchReads(new ModelOfKind(object));
  try {
    watched.validate();
  } catch (error) {
    return [`${name}: ${(error as Error).message}`];
  }
  return unread().map((key) => `${name}: ${key} is not a field of ${object.kind}`);
}
