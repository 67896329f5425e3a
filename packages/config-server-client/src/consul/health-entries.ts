/** Reads the instances in an answer of Consul's health endpoint as endpoints. */
import { z } from 'zod';
import { type Endpoint, type EndpointRole, orderEndpoints } from '../discovery/endpoint-source.ts';

const host = z
  .string()
  .max(255)
  .regex(/^[^\s\p{Cc}/@]*$/u);

const entrySchema = z.object({
  Node: z.object({ Address: host.nullish() }).nullish(),
  Service: z.object({
    ID: z.string().max(1_024),
    Address: host.nullish(),
    Port: z.int().min(1).max(65_535),
    Tags: z.array(z.string()).nullish(),
    Meta: z.record(z.string(), z.string()).nullish(),
  }),
});

type Entry = z.infer<typeof entrySchema>;

export interface HealthEntries {
  /** Best first: primary, backup, proxy, then by id; draining ones last. */
  endpoints: Endpoint[];
  /** Instances without a usable address or port. */
  unusable: number;
}

/** Undefined when the answer is not a list. */
export function parseHealthEntries(body: unknown): HealthEntries | undefined {
  if (!Array.isArray(body)) return undefined;
  const endpoints: Endpoint[] = [];
  for (const item of body) {
    const parsed = entrySchema.safeParse(item);
    const endpoint = parsed.success ? toEndpoint(parsed.data) : undefined;
    if (endpoint !== undefined) endpoints.push(endpoint);
  }
  endpoints.sort((a, b) => compareText(a.id ?? '', b.id ?? ''));
  return { endpoints: orderEndpoints(endpoints), unusable: body.length - endpoints.length };
}

function toEndpoint({ Node, Service }: Entry): Endpoint | undefined {
  // An instance without an address has the address of its node.
  const address = Service.Address || Node?.Address;
  if (!address) return undefined;
  return {
    id: Service.ID,
    host: address,
    port: Service.Port,
    role: roleOf(Service),
    draining: isTrue(Service.Meta?.['drain']) || undefined,
  };
}

const roles: readonly EndpointRole[] = ['primary', 'backup', 'proxy'];

/** The meta value `role`, or else a tag. Undefined when neither names a role. */
function roleOf({ Meta, Tags }: Entry['Service']): EndpointRole | undefined {
  const named = Meta?.['role']?.toLowerCase();
  const tags = new Set(Tags?.map((tag) => tag.toLowerCase()));
  return roles.find((role) => role === named) ?? roles.find((role) => tags.has(role));
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(true|yes|on|1)$/i.test(value);
}

/** By code units, so that the locale has no effect. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
