/** Starts containerd, the kubelet and kube-proxy: the part of the node that runs pods. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { attempt, until } from '../../../tools/programs/execute.ts';
import { pauseImage } from '../images/node-images.ts';
import { addresses, clusterId, containerdSocket, nodeName, runFolder } from '../places.ts';
import { builtPrograms } from '../programs.ts';
import { pki } from './certificates.ts';
import { startProgram } from './processes.ts';

const inRun = (file: string) => path.join(runFolder, file);

export async function startContainerd(): Promise<void> {
  mkdirSync(inRun('cni'), { recursive: true });
  writeFileSync(inRun('containerd.toml'), containerdConfig());
  writeFileSync(inRun('cni/10-bridge.conflist'), JSON.stringify(podNetwork()));
  startProgram('containerd', 'containerd', ['--config', inRun('containerd.toml')]);
  await until('containerd answers', async () => {
    const { exitCode } = await attempt('ctr', ['--address', containerdSocket, 'version']);
    return exitCode === 0 || undefined;
  });
}

export function startKubelet(): void {
  makeControlGroup();
  writeFileSync(inRun('resolv.conf'), '');
  writeFileSync(inRun('kubelet.yaml'), JSON.stringify(kubeletConfig()));
  startProgram('kubelet', path.join(builtPrograms, 'kubelet'), [
    `--config=${inRun('kubelet.yaml')}`,
    `--kubeconfig=${pki('kubelet.conf')}`,
    `--root-dir=${inRun('kubelet')}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${addresses.node}`,
  ]);
  writeFileSync(inRun('kube-proxy.yaml'), JSON.stringify(proxyConfig()));
  startProgram('kube-proxy', path.join(builtPrograms, 'kube-proxy'), [
    `--config=${inRun('kube-proxy.yaml')}`,
  ]);
}

/** The pods of this cluster stand below one control group: a kubelet removes those that it does not know beside its own. */
function makeControlGroup(): void {
  for (const folder of controlGroups()) mkdirSync(folder, { recursive: true });
  // Beside a busy machine all pods together would get as much as one process of it.
  for (const [file, share] of Object.entries({ 'cpu.shares': '8192', 'cpu.weight': '800' }))
    for (const folder of controlGroups())
      if (existsSync(path.join(folder, file))) writeFileSync(path.join(folder, file), share);
}

/** With version 2 there is one hierarchy, with version 1 one for each controller. */
export function controlGroups(): string[] {
  const root = '/sys/fs/cgroup';
  if (existsSync(path.join(root, 'cgroup.controllers'))) return [path.join(root, clusterId)];
  return readdirSync(root).map((controller) => path.join(root, controller, clusterId));
}

function containerdConfig(): string {
  return `version = 2
root = "${inRun('containerd/root')}"
state = "${inRun('containerd/state')}"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # A container may not lower the values that its machine gave it.
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  disable_hugetlb_controller = true
  # Below the state folder, so that taking down this cluster finds its own and no other.
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "${inRun('runc')}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${inRun('cni')}"
`;
}

function podNetwork() {
  const bridge = {
    type: 'bridge',
    bridge: 'pods0',
    isGateway: true,
    ipMasq: false,
    // A pod may reach itself by the name of its Service.
    hairpinMode: true,
    ipam: {
      type: 'host-local',
      dataDir: inRun('cni-addresses'),
      ranges: [[{ subnet: addresses.pods }]],
      routes: [{ dst: '0.0.0.0/0' }],
    },
  };
  const portMap = { type: 'portmap', capabilities: { portMappings: true } };
  return { cniVersion: '0.4.0', name: 'pods', plugins: [bridge, portMap] };
}

function kubeletConfig() {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pki('kubelet-serving.crt'),
    tlsPrivateKeyFile: pki('kubelet-serving.key'),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${clusterId}`,
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    maxPods: 60,
    resolvConf: inRun('resolv.conf'),
    clusterDomain: 'cluster.local',
    clusterDNS: [addresses.nameService],
    podLogsDir: inRun('pod-logs'),
    volumePluginDir: inRun('volume-plugins'),
    healthzPort: 0,
    // A full disk or memory elsewhere on the machine is not the subject.
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'nodefs.inodesFree': '1%',
    },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
  };
}

function proxyConfig() {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: pki('kube-proxy.conf') },
    mode: 'nftables',
    hostnameOverride: nodeName,
    clusterCIDR: addresses.pods,
    oomScoreAdj: 0,
    // The machine's own limits stay.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}
