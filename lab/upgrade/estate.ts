/** Fills the installation through the release before: two contact centres in one environment, others beside, and clients. */
import { randomBytes } from 'node:crypto';
import {
  contactCenterId,
  demoClients,
  environmentId,
  operator,
} from '../../tools/stack/provisioning/demo.ts';
import { createInstaller } from '../../tools/stack/provisioning/installer-http.ts';
import { providePeople } from '../../tools/stack/provisioning/people.ts';
import { provision } from '../../tools/stack/provisioning/provision.ts';
import { redirectUri } from '../harness/browser.ts';
import { basic } from '../harness/http.ts';

export interface Place {
  id: string;
  domain: string;
}

/** The first three share an environment, and with it their people. */
export const places = {
  a: { id: contactCenterId, domain: 'demo' },
  b: { id: '0000de40-0000-4000-8000-00000000cc02', domain: 'north' },
  /** Disabled and enabled again during the run. */
  brief: { id: '0000de40-0000-4000-8000-00000000cc03', domain: 'brief' },
  /** Has an environment of its own, with the people store. */
  staff: { id: '0000de40-0000-4000-8000-00000000cc04', domain: 'staff' },
} as const satisfies Record<string, Place>;

const staffEnvironmentId = '0000de40-0000-4000-8000-00000000e004';
const secret = randomBytes(24).toString('hex');
const grants = ['authorization_code', 'refresh_token', 'password'];

function client(id: string, more: object = {}) {
  const scope = ['openid', 'profile', 'calls:read', 'sessions'];
  return {
    ...{ client_id: id, client_secret: secret, name: id, authorizedGrantTypes: grants, scope },
    redirectURIs: [redirectUri],
    ...more,
  };
}

const asking = {
  authorizedGrantTypes: [...grants, 'urn:openid:params:grant-type:ciba'],
  backchannelTokenDeliveryMode: 'poll',
};

export const clients = {
  opaque: client('upgrade-opaque'),
  jwt: client('upgrade-jwt', { accessTokenFormat: 'jwt' }),
  careful: client('upgrade-careful', { requireConsent: true }),
  /** Asks people who are elsewhere, of any contact centre. */
  call: client('upgrade-call', asking),
  /** Must know their code. */
  desk: client('upgrade-desk', { ...asking, backchannelUserCodeParameter: true }),
};
export type ClientName = keyof typeof clients;

export const credentialsOf = (id: string) => basic(id, secret);
export const clientOf = (id: string) => client(id);

export async function provide(publicUrl: string, configServerPort: number): Promise<void> {
  await provision({ publicUrl, configServerPort, clients: demoClients('http://localhost') });
  const installer = createInstaller(publicUrl, operator);
  await installer.send('POST', '/environment/v3/environments', {
    id: staffEnvironmentId,
    directory: 'people',
  });
  for (const [{ id, domain }, environment] of [
    [places.b, environmentId],
    [places.brief, environmentId],
    [places.staff, staffEnvironmentId],
  ] as const)
    await installer.send('POST', '/environment/v3/contact-centers', {
      ...{ id, name: domain, domains: [domain], environmentId: environment },
    });
  await providePeople(publicUrl, places.staff.id);
  for (const one of Object.values(clients)) await installer.send('POST', '/auth/v3/ops/clients', one);
}
