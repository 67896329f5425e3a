/** Defines the settings of calls to addresses that clients have registered. */
import { createAddressPolicy } from '@gatehouse/api-client/http';
import { isTooWide, networkOf, overrideSetting, read, setting, spans } from '@gatehouse/service-kit/config';
import { z } from 'zod';

const allowWideNetworks = overrideSetting({
  env: 'GATEHOUSE_OUTBOUND_ALLOW_WIDE_NETWORKS',
  doc: 'Permits calls to this machine, to the metadata service of a cloud, or to very wide private ranges. Who registers a client chooses where they go.',
});

/** Targets that a registered address must never reach: this machine, and the service that hands out credentials in clouds. */
const neverRegistered = ['127.0.0.1', '::1', '169.254.169.254'];

export const outboundSettings = {
  allowedNetworks: setting(
    read
      .list()
      .default([] as string[])
      .superRefine(requireNetworks) as z.ZodType<string[]>,
    {
      env: 'GATEHOUSE_OUTBOUND_ALLOWED_NETWORKS',
      doc: 'CIDR ranges of private networks that may be called: addresses that clients registered (key sets, logout notices) and identity providers. By default only the public internet.',
      example: '10.20.0.0/16',
      weakness: { of: wideNetworks, override: allowWideNetworks },
    },
  ),
  allowWideNetworks,
  allowLoopback: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK',
    doc: 'Permits such calls to this machine, also without TLS; for local trials (GATEHOUSE_MODE=local).',
  }),
  ca: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_OUTBOUND_CA',
    doc: 'Authority of the certificates of such addresses, in PEM; default: those of the runtime.',
  }),
  timeoutMs: setting(read.integer(100, 60_000).default(3_000), {
    env: 'GATEHOUSE_OUTBOUND_TIMEOUT_MS',
    doc: 'Maximum duration of a call to such an address, in milliseconds.',
  }),
};

/** Returns one sentence for each contradiction between the settings. */
export function outboundProblems(mode: string, { allowLoopback }: { allowLoopback: boolean }): string[] {
  return allowLoopback && mode !== 'local'
    ? ['GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK (outbound.allowLoopback): is for GATEHOUSE_MODE=local only']
    : [];
}

function requireNetworks(networks: readonly string[], context: z.RefinementCtx): void {
  try {
    createAddressPolicy(networks, false);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
}

function wideNetworks(texts: readonly string[]): string | undefined {
  for (const text of texts) {
    const network = networkOf(text);
    if (network === undefined) continue;
    const reached = neverRegistered.find((address) => spans(network, address));
    if (isTooWide(network) || reached !== undefined)
      return `has ${text}, which ${reached === undefined ? 'is very wide' : `spans ${reached}`}`;
  }
  return undefined;
}
