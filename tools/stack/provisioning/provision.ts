/** Creates the demo data through the public APIs, with the calls that an installer makes. */
import { PlainError } from '../../bootstrap/progress.mjs';
import {
  administrator,
  configServerAccount,
  contactCenter,
  contactCenterId,
  type DemoClient,
  type DemoUser,
  environmentId,
  environmentName,
  operator,
  users,
} from './demo.ts';
import { createInstaller, type Installer } from './installer-http.ts';
import { providePeople } from './people.ts';
import { type FactorPlan, type FactorUser, provideSecondFactors } from './second-factor.ts';

export interface ProvisioningPlan {
  /** Where the public host is reached. */
  publicUrl: string;
  /** Of the simulator that has the demo people; undefined: the people store has them. */
  configServerPort: number | undefined;
  clients: DemoClient[];
  /** Of the contact centre of `--second-factor`. Undefined: it is not wanted. */
  factors?: Omit<FactorPlan, 'localUrl'> | undefined;
}

/** Those who can sign in. */
export interface DemoPeople {
  users: DemoUser[];
  secondFactorUsers: FactorUser[] | undefined;
}

/** Creates what is missing and corrects what differs (ports change between starts); safe to repeat at any point. */
export async function provision(plan: ProvisioningPlan): Promise<DemoPeople> {
  const { configServerPort, publicUrl, factors } = plan;
  const installer = createInstaller(publicUrl, operator);
  await provideEnvironment(
    installer,
    configServerPort === undefined ? { directory: 'people' } : simulatorAt(configServerPort),
  );
  await provideContactCenter(installer);
  const people = configServerPort === undefined ? await providePeople(publicUrl) : [...users];
  await provideAdministrator(installer);
  for (const client of plan.clients) await provideClient(installer, client);
  const secondFactorUsers =
    factors === undefined ? undefined : await provideSecondFactors({ ...factors, localUrl: publicUrl });
  return { users: people, secondFactorUsers };
}

function simulatorAt(configServerPort: number) {
  return {
    directory: 'configServer',
    ...configServerAccount,
    connectionProtocol: 'addp',
    localTimeout: 7,
    remoteTimeout: 11,
    traceMode: 'off',
    // The simulator speaks plaintext on loopback.
    tlsEnabled: false,
    configServers: [
      { primaryAddress: '127.0.0.1', primaryPort: configServerPort, readOnly: false, locations: ['/'] },
    ],
  };
}

async function provideEnvironment(installer: Installer, environment: { directory: string }): Promise<void> {
  const path = '/environment/v3/environments';
  const present = (await installer.get(`${path}/${environmentId}`)) as { directory?: string } | undefined;
  if (present === undefined)
    return void (await installer.send('POST', path, {
      id: environmentId,
      name: environmentName,
      ...environment,
    }));
  const { directory } = present;
  if (directory !== environment.directory)
    throw new PlainError(
      `The data here has the demo people elsewhere: start with --directory ${directory}, or forget the data with --reset.`,
    );
  await installer.send('PUT', `${path}/${environmentId}`, environment);
}

async function provideContactCenter(installer: Installer): Promise<void> {
  const path = '/environment/v3/contact-centers';
  const wanted = { ...contactCenter, environmentId };
  if ((await installer.get(`${path}/${contactCenterId}`)) === undefined)
    await installer.send('POST', path, { id: contactCenterId, ...wanted });
  else await installer.send('PUT', `${path}/${contactCenterId}`, wanted);
}

async function provideAdministrator(installer: Installer): Promise<void> {
  const [tenant] = contactCenter.domains;
  // Answered 409 for one who is on the list.
  await installer.create('/auth/v3/ops/administrators', { user: administrator, contactCenter: tenant });
}

async function provideClient(installer: Installer, client: DemoClient): Promise<void> {
  const path = '/auth/v3/ops/clients';
  if (await installer.create(path, client)) return;
  // Sending the secret again would make the service hash it anew and drop the tokens of the client.
  const { client_id: id, client_secret: _secret, ...fields } = client;
  await installer.send('PUT', `${path}/${id}`, fields);
}
