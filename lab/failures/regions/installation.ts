/** Starts an installation in two regions: the first one writes, the second one has a standby of its database. */
import {
  configServerAccount,
  contactCenterId,
  demoClients,
  environmentId,
  operator,
} from '../../../tools/stack/provisioning/demo.ts';
import { createInstaller } from '../../../tools/stack/provisioning/installer-http.ts';
import { provision } from '../../../tools/stack/provisioning/provision.ts';
import { redirectUri } from '../../harness/browser.ts';
import { freePorts, openSite } from '../../harness/site.ts';
import { createRegion } from './region.ts';

export type Installation = Awaited<ReturnType<typeof startInstallation>>;

const locations = { first: '/USW1', second: '/EUW1' };

const grants = ['client_credentials', 'password', 'refresh_token', 'authorization_code'];
const clientOf = (id: string, accessTokenFormat: string) => ({
  ...{
    client_id: id,
    client_secret: `demo-secret-of-${id}`,
    accessTokenFormat,
    authorizedGrantTypes: grants,
  },
  ...{ scope: ['openid', 'calls:read'], redirectURIs: [redirectUri] },
});
export const clients = { jwt: clientOf('regions-jwt', 'jwt'), opaque: clientOf('regions-opaque', 'opaque') };

/** `closers` end it. */
export async function startInstallation(closers: AsyncDisposableStack) {
  const site = openSite('regions', closers);
  const ports = await freePorts('first', 'firstSpare', 'second', 'secondSpare');
  const publicUrl = `http://127.0.0.1:${ports.first.gateway}`;
  const shared = { site, publicUrl, closers };
  const [location, standby] = [locations.first, locations.second];
  const first = await createRegion({ ...shared, location, ports: ports.first, spare: ports.firstSpare });
  const second = await createRegion({
    ...{ ...shared, location: standby, ports: ports.second, spare: ports.secondSpare },
  });
  const settings = {
    writable: { GATEHOUSE_WRITABLE_LOCATION: locations.first },
    readOnly: {
      GATEHOUSE_WRITABLE_LOCATION: locations.first,
      GATEHOUSE_POSTGRES_PRIMARY_HOST: '127.0.0.1',
      GATEHOUSE_POSTGRES_PRIMARY_PORT: String(ports.first.postgres),
    },
    forced: { GATEHOUSE_WRITABLE_LOCATION: locations.first, GATEHOUSE_FORCE_WRITABLE: 'true' },
  };
  await Promise.all([first.startStores(), second.startStores(), first.startPostgres()]);
  await first.prepareDatabase();
  await first.roll(settings.writable);
  await fill(first.url, [first.ports.configServer, second.ports.configServer]);
  await second.copyFrom(first.ports, first.postgresFolder);
  await second.migrate();
  await second.roll(settings.readOnly);
  return { publicUrl, first, second, settings };
}

/** Each region has a Configuration Server of its own; where the people are the same, so are their names. */
async function fill(url: string, [first = 0, second = 0]: number[]): Promise<void> {
  await provision({ publicUrl: url, configServerPort: first, clients: demoClients('http://localhost') });
  const installer = createInstaller(url, operator);
  const server = (primaryPort: number, location: string) => ({
    ...{ primaryAddress: '127.0.0.1', primaryPort, readOnly: false, locations: [location] },
  });
  await installer.send('PUT', `/environment/v3/environments/${environmentId}`, {
    ...configServerAccount,
    configServers: [server(first, locations.first), server(second, locations.second)],
  });
  for (const client of Object.values(clients)) await installer.create('/auth/v3/ops/clients', client);
}

export const settingsPath = `/environment/v3/contact-centers/${contactCenterId}/settings`;
