/** Builds the programs of the node, once for each state of their recipe. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { compileGo } from '../../tools/programs/go.ts';
import { clusterFolder } from './places.ts';

const module = path.join(import.meta.dirname, 'programs');
const version = '1.34.4';
const versionFields = {
  gitVersion: `v${version}`,
  gitMajor: '1',
  gitMinor: '34',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
};
const linkerFlags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((place) =>
  Object.entries(versionFields).map(([name, value]) => `-X ${place}.${name}=${value}`),
);
const args = ['-mod=readonly', '-trimpath', '-ldflags', ['-s', '-w', ...linkerFlags].join(' ')];

/** Each program, what it is compiled from, and the other names under which it is started. */
const programs = [
  {
    name: 'kubernetes',
    from: './kubernetes',
    aliases: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'],
  },
  { name: 'addons', from: './addons', aliases: ['coredns', 'metrics-server'] },
  { name: 'pause', from: './pause', aliases: [] },
  { name: 'kube-router', from: 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router', aliases: [] },
];

/** The folder of the programs; another recipe has another one. */
export const builtPrograms = path.join(clusterFolder, 'programs', recipe());

/** How many of them had to be compiled. */
export async function buildPrograms(): Promise<number> {
  let compiled = 0;
  for (const { name, from, aliases } of programs) {
    const program = path.join(builtPrograms, name);
    if (!existsSync(program)) {
      await compileGo({ module, package: from, program, args });
      compiled += 1;
    }
    for (const alias of aliases)
      if (!existsSync(path.join(builtPrograms, alias))) symlinkSync(name, path.join(builtPrograms, alias));
  }
  return compiled;
}

/** Changes with everything that a program is made of. */
function recipe(): string {
  const hash = createHash('sha256').update(args.join(' '));
  for (const file of ['go.mod', 'go.sum', 'kubernetes/main.go', 'addons/main.go', 'pause/main.go'])
    hash.update(readFileSync(path.join(module, file)));
  return hash.digest('hex').slice(0, 16);
}
