/** Administers a real Consul agent over its HTTP API, without the code under test. */

export interface Instance {
  id: string;
  address?: string;
  port?: number;
  tags?: string[];
  meta?: Record<string, string>;
  /** Without one the instance counts as healthy for ever. */
  ttl?: string;
}

export const serviceName = 'config-server';

export function administration(url: string, token?: string) {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/v1${path}`, {
      method,
      headers: token ? { 'x-consul-token': token } : {},
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    register: ({ id, address = `${id}.test`, port = 8888, tags = [], meta = {}, ttl }: Instance) =>
      call('PUT', '/agent/service/register', {
        Name: serviceName,
        ID: id,
        Address: address,
        Port: port,
        Tags: tags,
        Meta: meta,
        ...(ttl ? { Check: { TTL: ttl, Status: 'passing' } } : {}),
      }),
    deregister: (id: string) => call('PUT', `/agent/service/deregister/${id}`),
    fail: (id: string) => call('PUT', `/agent/check/fail/service:${id}`),
    pass: (id: string) => call('PUT', `/agent/check/pass/service:${id}`),
    /** Raises the index of the agent. */
    write: (key: string) => call('PUT', `/kv/${key}`, 'value'),
    async createReadToken(): Promise<{ accessor: string; secret: string }> {
      const rules = `service_prefix "${serviceName}" { policy = "read" } node_prefix "" { policy = "read" }`;
      await call('PUT', '/acl/policy', { Name: 'read-config-servers', Rules: rules });
      const created = await call('PUT', '/acl/token', { Policies: [{ Name: 'read-config-servers' }] });
      const { AccessorID, SecretID } = created as { AccessorID: string; SecretID: string };
      return { accessor: AccessorID, secret: SecretID };
    },
    deleteToken: (accessor: string) => call('DELETE', `/acl/token/${accessor}`),
  };
}
