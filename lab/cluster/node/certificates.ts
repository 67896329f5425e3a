/** Issues the certificates of the control plane, and a kubeconfig for each of its parts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../../../tools/programs/execute.ts';
import { addresses, kubeconfigFile, nodeName, runFolder } from '../places.ts';

export const pki = (file: string) => path.join(runFolder, 'pki', file);

const apiServerNames = [
  'DNS:localhost',
  'DNS:kubernetes.default.svc',
  'DNS:kubernetes.default.svc.cluster.local',
  ...['127.0.0.1', addresses.node, addresses.apiServer, addresses.kubernetesService].map(
    (one) => `IP:${one}`,
  ),
];

/** Name of the files, subject (Kubernetes reads user and groups from it), and names of a server. */
const identities: readonly [string, string, string[]?][] = [
  ['apiserver', '/CN=kube-apiserver', apiServerNames],
  [
    'kubelet-serving',
    `/O=system:nodes/CN=system:node:${nodeName}`,
    [`DNS:${nodeName}`, `IP:${addresses.node}`],
  ],
  ['kubelet', `/O=system:nodes/CN=system:node:${nodeName}`],
  ['apiserver-kubelet', '/O=system:masters/CN=apiserver-kubelet'],
  ['front-proxy', '/CN=front-proxy-client'],
  ['admin', '/O=system:masters/CN=admin'],
  ['kube-controller-manager', '/CN=system:kube-controller-manager'],
  ['kube-scheduler', '/CN=system:kube-scheduler'],
  ['kube-proxy', '/CN=system:kube-proxy'],
];

/** Those that call the API server; the file is named after the part. */
const callers = ['admin', 'kubelet', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'];

export async function issueCertificates(): Promise<void> {
  mkdirSync(pki(''), { recursive: true, mode: 0o700 });
  await openssl(['-keyout', pki('ca.key'), '-out', pki('ca.crt'), '-subj', '/CN=cluster authority']);
  for (const [name, subject, names] of identities) {
    const extensions = ['basicConstraints=CA:FALSE', 'extendedKeyUsage=clientAuth,serverAuth'];
    if (names) extensions.push(`subjectAltName=${names.join(',')}`);
    const authority = ['-CA', pki('ca.crt'), '-CAkey', pki('ca.key')];
    const files = ['-keyout', pki(`${name}.key`), '-out', pki(`${name}.crt`), '-subj', subject];
    await openssl([...authority, ...files, ...extensions.flatMap((one) => ['-addext', one])]);
  }
  await run('openssl', ['genrsa', '-out', pki('service-accounts.key'), '2048']);
  await run('openssl', [
    'rsa',
    '-in',
    pki('service-accounts.key'),
    '-pubout',
    '-out',
    pki('service-accounts.pub'),
  ]);
  for (const name of callers) await writeKubeconfig(name, pki(`${name}.conf`));
  await writeKubeconfig('admin', kubeconfigFile);
}

function openssl(args: string[]): Promise<string> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  return run('openssl', ['req', '-x509', '-days', '30', ...key, ...args]);
}

/** JSON, which every reader of YAML understands. */
async function writeKubeconfig(name: string, file: string): Promise<void> {
  const base64 = (path: string) => readFile(path, 'base64');
  const cluster = {
    server: `https://${addresses.apiServer}:6443`,
    'certificate-authority-data': await base64(pki('ca.crt')),
  };
  const user = {
    'client-certificate-data': await base64(pki(`${name}.crt`)),
    'client-key-data': await base64(pki(`${name}.key`)),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster }],
    users: [{ name, user }],
    contexts: [{ name: 'cluster', context: { cluster: 'cluster', user: name } }],
    'current-context': 'cluster',
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
}
