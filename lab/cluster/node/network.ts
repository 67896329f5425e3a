/** A network namespace for the node and its pods, without a way out of the machine. */
import { attempt, run } from '../../../tools/programs/execute.ts';
import { addresses, clusterId } from '../places.ts';

const hostDevice = `${clusterId}h`;
const namespaceDevice = `${clusterId}n`;

/**
 * Program and arguments that start a command in the network of the node. Only the network is another one: with `ip netns exec` the
 * control groups would be hidden too.
 */
export function inNetwork(...command: string[]): [program: string, args: string[]] {
  return ['nsenter', [`--net=/run/netns/${clusterId}`, '--', ...command]];
}

export async function createNetwork(): Promise<void> {
  const ip = (line: string) => run('ip', line.split(' '));
  const inside = (line: string) => run(...inNetwork(...line.split(' ')));
  await ip(`netns add ${clusterId}`);
  await ip(`link add ${hostDevice} type veth peer name ${namespaceDevice} netns ${clusterId}`);
  await ip(`address add ${addresses.host}/30 dev ${hostDevice}`);
  await ip(`link set ${hostDevice} up`);
  await inside('ip link set lo up');
  await inside(`ip address add ${addresses.apiServer}/30 dev ${namespaceDevice}`);
  await inside(`ip link set ${namespaceDevice} up`);
  // A bridge without ports holds the address of the node, since not every kernel has dummy devices.
  await inside('ip link add node0 type bridge');
  await inside(`ip address add ${addresses.node}/24 dev node0`);
  await inside('ip link set node0 up');
  // Addresses of Services need some route; what kube-proxy does not rewrite ends here.
  await inside('ip route add default dev node0');
  await inside('sysctl -qw net.ipv4.ip_forward=1');
}

export async function removeNetwork(): Promise<void> {
  await attempt('ip', ['netns', 'delete', clusterId], { evenInterrupted: true });
  await attempt('ip', ['link', 'delete', hostDevice], { evenInterrupted: true });
}
