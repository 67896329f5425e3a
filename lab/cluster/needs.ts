/** Says what this machine lacks for a cluster. */

import { findChromium } from '@gatehouse/testing/chromium';
import { findProgram } from '@gatehouse/testing/programs';
import { whyNoGo } from '../../tools/programs/go.ts';

const programs = [
  'containerd',
  'conntrack',
  'curl',
  'debootstrap',
  'ip',
  'ipset',
  'iptables',
  'jq',
  'nft',
  'nsenter',
  'openssl',
  'podman',
  'runc',
];

/** One sentence for each thing that is missing. */
export function whatIsMissing(): string[] {
  const missing: string[] = [];
  if (process.platform !== 'linux') return ['a cluster needs Linux'];
  if (process.getuid?.() !== 0)
    missing.push('it must run as root: it makes network namespaces, mounts and control groups');
  for (const program of programs)
    if (!findProgram(program)) missing.push(`the program ${program} is missing`);
  const noGo = whyNoGo([1, 26]);
  if (noGo !== undefined) missing.push(noGo);
  if (findChromium() === undefined)
    missing.push('Chromium is missing: install it or name it in CHROMIUM_PATH');
  return missing;
}
