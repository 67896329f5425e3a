/** Starts etcd, the API server, the controllers and the scheduler. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { attempt, until } from '../../../tools/programs/execute.ts';
import { addresses, kubeconfigFile, runFolder } from '../places.ts';
import { builtPrograms } from '../programs.ts';
import { issueCertificates, pki } from './certificates.ts';
import { logFile, startProgram } from './processes.ts';

export async function startControlPlane(kubectl: string): Promise<void> {
  await issueCertificates();
  const start = (name: string, args: Record<string, string>) =>
    startProgram(
      name,
      path.join(builtPrograms, name),
      Object.entries(args).map(([flag, value]) => `--${flag}=${value}`),
    );
  start('etcd', {
    'data-dir': path.join(runFolder, 'etcd'),
    'listen-client-urls': 'http://127.0.0.1:2379',
    'advertise-client-urls': 'http://127.0.0.1:2379',
    'listen-peer-urls': 'http://127.0.0.1:2380',
    // Nothing here outlives the run.
    'unsafe-no-fsync': 'true',
    'log-level': 'warn',
  });
  start('kube-apiserver', apiServerFlags());
  await until('the API server is ready', async () => {
    const args = ['--kubeconfig', kubeconfigFile, 'get', '--raw', '/readyz'];
    return (await attempt(kubectl, args)).exitCode === 0 || undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${readFileSync(logFile('kube-apiserver'), 'utf8').slice(-2000)}`);
  });
  start('kube-controller-manager', {
    ...caller('kube-controller-manager'),
    'service-account-private-key-file': pki('service-accounts.key'),
    'root-ca-file': pki('ca.crt'),
    'use-service-account-credentials': 'true',
    'allocate-node-cidrs': 'true',
    'cluster-cidr': addresses.pods,
    'service-cluster-ip-range': addresses.services,
    'node-monitor-grace-period': '5m',
  });
  start('kube-scheduler', caller('kube-scheduler'));
}

function apiServerFlags(): Record<string, string> {
  return {
    'etcd-servers': 'http://127.0.0.1:2379',
    'secure-port': '6443',
    'bind-address': '0.0.0.0',
    'advertise-address': addresses.node,
    'client-ca-file': pki('ca.crt'),
    'tls-cert-file': pki('apiserver.crt'),
    'tls-private-key-file': pki('apiserver.key'),
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': pki('service-accounts.pub'),
    'service-account-signing-key-file': pki('service-accounts.key'),
    'service-cluster-ip-range': addresses.services,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'kubelet-client-certificate': pki('apiserver-kubelet.crt'),
    'kubelet-client-key': pki('apiserver-kubelet.key'),
    'kubelet-certificate-authority': pki('ca.crt'),
    'kubelet-preferred-address-types': 'InternalIP',
    // For the API of the metrics, which another program serves.
    'requestheader-client-ca-file': pki('ca.crt'),
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'proxy-client-cert-file': pki('front-proxy.crt'),
    'proxy-client-key-file': pki('front-proxy.key'),
    'enable-aggregator-routing': 'true',
    profiling: 'false',
  };
}

function caller(name: string): Record<string, string> {
  const kubeconfig = pki(`${name}.conf`);
  return {
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
  };
}
