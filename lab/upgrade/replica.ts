/** Runs one replica of each service, and replaces it by one of another release without losing a request. */

import { type ServicePlan, serviceAddresses, servicePrograms } from '../../tools/stack/services.ts';
import type { createComponent } from '../harness/component.ts';
import { createServiceHttp } from '../harness/service-http.ts';
import type { Site } from '../harness/site.ts';
import type { Balancers } from './balancer.ts';

/** As UPGRADING.md names it. */
const order = ['auth-api', 'environment-api', 'auth-ui'];

export function createReplica(
  { addComponent }: Site,
  balancers: Balancers,
  plan: ServicePlan,
  number: number,
) {
  const addresses = serviceAddresses(plan.ports);
  const listeners = {
    'environment-api': [
      [balancers.at('environmentApi'), addresses['environment-api'].url],
      [balancers.at('environmentApiInternal'), addresses['environment-api'].internalUrl],
    ],
    'auth-api': [
      [balancers.at('authApi'), addresses['auth-api'].url],
      [balancers.at('authApiInternal'), addresses['auth-api'].internalUrl],
    ],
    'auth-ui': [[balancers.at('authUi'), addresses['auth-ui'].url]],
  } as const;
  const running = new Map<string, ReturnType<typeof createComponent>>();
  const listenersOf = (service: string) => listeners[service as keyof typeof listeners];

  const startOne = async (service: string, tree: string | undefined) => {
    const program = servicePrograms({ ...plan, tree }).find(({ name }) => name === service);
    if (program === undefined) throw new Error(`there is no service ${service}`);
    const component = addComponent({ ...program, name: `${service}-${number}` });
    running.set(service, component);
    await component.start();
    for (const [balancer, url] of listenersOf(service)) if (url !== undefined) balancer.join(url);
  };
  const stopOne = async (service: string) => {
    for (const [balancer, url] of listenersOf(service)) if (url !== undefined) await balancer.leave(url);
    await running.get(service)?.stop();
  };

  const at = {
    authApi: addresses['auth-api'].url,
    authUi: addresses['auth-ui'].url,
    environmentApi: addresses['environment-api'].url,
  };
  return {
    /** Calls this replica alone. */
    side: { addresses: at, http: createServiceHttp(at) },
    /** @param tree undefined: this one. Together, because Auth API is ready when Environment API is. */
    start: async (tree: string | undefined) => {
      await Promise.all(order.map((service) => startOne(service, tree)));
    },
    /** Service by service, as three charts are upgraded. */
    async replace(tree: string | undefined): Promise<void> {
      for (const service of order) {
        await stopOne(service);
        await startOne(service, tree);
      }
    },
  };
}
