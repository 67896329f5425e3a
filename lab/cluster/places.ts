/** Where the cluster of this checkout is on the machine. Another checkout has other names, so that both may run at once. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { versionOf } from '../../tools/generate/versions.ts';

export const repository = path.resolve(import.meta.dirname, '../..');

/** Of the charts, and of the images that they name. */
export const version = versionOf(repository);

/** Ignored by git; may be deleted at any time but while a cluster is up. */
export const clusterFolder = path.join(repository, '.gatehouse/cluster');

/** All that a running cluster writes. It is gone when the cluster is down. */
export const runFolder = path.join(clusterFolder, 'run');

const digest = createHash('sha256').update(repository).digest();

/** Name of the network namespace and of the control group; the names of network devices begin with it. */
export const clusterId = `gh${digest.toString('hex', 0, 4)}`;

const link = `169.254.${digest.readUInt8(4)}`;
const linkBase = digest.readUInt8(5) & 0xfc;

export const addresses = {
  /** A link between two network namespaces of this machine, and nowhere else. */
  host: `${link}.${linkBase + 1}`,
  apiServer: `${link}.${linkBase + 2}`,
  node: '172.30.0.1',
  pods: '10.244.0.0/24',
  services: '10.96.0.0/24',
  kubernetesService: '10.96.0.1',
  nameService: '10.96.0.10',
};

export const nodeName = 'node1';
export const kubeconfigFile = path.join(runFolder, 'kubeconfig');
export const containerdSocket = path.join(runFolder, 'containerd.sock');
