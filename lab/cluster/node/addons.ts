/** Adds what a cluster needs beside Kubernetes: name service, metrics of pods, and the program that enforces network policies. */
import path from 'node:path';
import { addonsImage } from '../images/node-images.ts';
import { addresses, kubeconfigFile, nodeName } from '../places.ts';
import { builtPrograms } from '../programs.ts';
import { pki } from './certificates.ts';
import { startProgram } from './processes.ts';

/** In the network of the node, as the DaemonSets of other clusters. */
export function startAddons(): void {
  startProgram('kube-router', path.join(builtPrograms, 'kube-router'), [
    `--kubeconfig=${kubeconfigFile}`,
    '--run-firewall=true',
    '--run-router=false',
    '--run-service-proxy=false',
    '--run-loadbalancer=false',
    `--hostname-override=${nodeName}`,
    `--service-cluster-ip-range=${addresses.services}`,
    '--metrics-port=0',
    '--health-port=0',
  ]);
  startProgram('metrics-server', path.join(builtPrograms, 'metrics-server'), [
    `--kubeconfig=${kubeconfigFile}`,
    `--authentication-kubeconfig=${kubeconfigFile}`,
    `--authorization-kubeconfig=${kubeconfigFile}`,
    `--kubelet-certificate-authority=${pki('ca.crt')}`,
    `--kubelet-client-certificate=${pki('apiserver-kubelet.crt')}`,
    `--kubelet-client-key=${pki('apiserver-kubelet.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--kubelet-request-timeout=5s',
    '--metric-resolution=10s',
    `--bind-address=${addresses.node}`,
    '--secure-port=4443',
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
  ]);
}

/** The name service is a pod of kube-system, as the charts' policies expect it. */
export const addonObjects = `
apiVersion: v1
kind: Service
metadata: { name: metrics-server, namespace: kube-system }
spec: { ports: [{ name: https, port: 443, targetPort: 4443 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: metrics-server-node, namespace: kube-system, labels: { kubernetes.io/service-name: metrics-server } }
addressType: IPv4
ports: [{ name: https, port: 4443, protocol: TCP }]
endpoints: [{ addresses: ["${addresses.node}"], conditions: { ready: true } }]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1beta1.metrics.k8s.io }
spec:
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: { name: metrics-server, namespace: kube-system }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: name-service, namespace: kube-system }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: name-service }
rules:
  - { apiGroups: [""], resources: [services, namespaces, pods], verbs: [list, watch] }
  - { apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: name-service }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: name-service }
subjects: [{ kind: ServiceAccount, name: name-service, namespace: kube-system }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: name-service, namespace: kube-system }
data:
  Corefile: |
    .:53 {
      errors
      ready
      kubernetes cluster.local in-addr.arpa
      cache 5
    }
---
apiVersion: v1
kind: Service
metadata: { name: kube-dns, namespace: kube-system }
spec:
  clusterIP: ${addresses.nameService}
  selector: { k8s-app: kube-dns }
  ports: [{ name: dns, port: 53, protocol: UDP }, { name: dns-tcp, port: 53, protocol: TCP }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: name-service, namespace: kube-system }
spec:
  selector: { matchLabels: { k8s-app: kube-dns } }
  template:
    metadata: { labels: { k8s-app: kube-dns } }
    spec:
      serviceAccountName: name-service
      # Itself it asks nobody for names.
      dnsPolicy: Default
      containers:
        - name: coredns
          image: ${addonsImage}
          args: [-conf, /etc/coredns/Corefile]
          readinessProbe: { httpGet: { path: /ready, port: 8181 }, periodSeconds: 1 }
          volumeMounts: [{ name: config, mountPath: /etc/coredns }]
      volumes: [{ name: config, configMap: { name: name-service } }]
`;
