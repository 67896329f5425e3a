/** Where a service finds Consul. */
import { z } from 'zod';
import { optionalSecretSetting, read, setting } from './setting.ts';

export const consulSettings = {
  url: setting(z.url({ protocol: /^https?$/ }).optional(), {
    env: 'GATEHOUSE_CONSUL_URL',
    doc: 'Address of Consul, which has the addresses of Configuration Servers. Without it, `consulService` of an environment only causes a warning. The same for Auth API and Environment API.',
    example: 'https://consul.example:8501',
  }),
  token: optionalSecretSetting({
    env: 'GATEHOUSE_CONSUL_TOKEN',
    doc: 'ACL token of Consul; it needs service:read on the services and node:read on their nodes.',
  }),
  datacenter: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_CONSUL_DATACENTER',
    doc: 'Data centre to ask about; default: that of the agent that answers.',
  }),
  ca: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_CONSUL_CA',
    doc: "Authority of Consul's certificate, in PEM; default: those of the system.",
  }),
  cert: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_CONSUL_CERT',
    doc: 'Client certificate for mutual TLS with Consul, in PEM; it needs the key.',
  }),
  key: optionalSecretSetting({
    env: 'GATEHOUSE_CONSUL_KEY',
    doc: 'Private key of the client certificate for Consul, in PEM.',
  }),
  serverName: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_CONSUL_SERVER_NAME',
    doc: "Name in Consul's certificate, when it is not the host of the address.",
    example: 'server.dc1.consul',
  }),
  allowPlaintext: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_CONSUL_ALLOW_PLAINTEXT',
    doc: 'Permits http to Consul on another machine. An attacker who can change its answers chooses where passwords are sent.',
  }),
};
