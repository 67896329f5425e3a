/** Says how the playground of the stack signs people in, by which clients, and where its flows end. */
import type { PlaygroundOptions } from '../../examples/playground/options.ts';
import {
  chainEnd,
  demoClient,
  users as demoUsers,
  exchange,
  flowClients,
  operator,
  userScope,
} from './provisioning/demo.ts';
import type { DemoPeople } from './provisioning/provision.ts';
import type { ServicePlan } from './services.ts';

export function playgroundOptions(
  { ports, playgroundUrl, publicUrl }: ServicePlan,
  issuerOrigin: string,
  caFile: string | undefined,
  { users, secondFactorUsers = [] }: DemoPeople,
): PlaygroundOptions {
  const credentials = (wanted: string) => {
    const { client_id: id, client_secret: secret } = demoClient(wanted);
    return { id, secret };
  };
  const { service, audience, scope } = exchange;
  const { dpop, jarm, device, approval } = flowClients;
  const [{ tenant, username } = demoUsers[0]] = users;
  return {
    port: ports.playground,
    url: playgroundUrl,
    issuer: `${publicUrl}/auth/v3`,
    issuerOrigin,
    scope: userScope,
    client: credentials('playground'),
    service: { ...credentials(service), audience, scope },
    chain: [
      { ...credentials(service), audience, scope },
      { ...credentials(audience), ...chainEnd },
    ],
    flows: {
      dpop: credentials(dpop),
      jarm: credentials(jarm),
      device: credentials(device),
      approval: credentials(approval),
    },
    loginHint: `${tenant}\\${username}`,
    approvalsUrl: `${publicUrl}/auth/approvals`,
    caFile,
    users: [...users, ...secondFactorUsers],
    operator,
  };
}
