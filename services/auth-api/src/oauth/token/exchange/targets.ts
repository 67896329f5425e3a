/** Resolves the audience of an exchanged token: audiences by client id, resources by the registrations of clients. */
import { invalidTarget } from '@gatehouse/caller-auth/oauth-errors';
import type { Client } from '../../../registry/clients/client.ts';
import type { ClientDirectory } from '../../../registry/clients/directory.ts';

export interface TargetQuestion {
  client: Client;
  audiences: string[];
  resources: string[];
  /** Contact centres of the subject token. */
  contactCenterIds: string[];
}

export type ExchangeTargets = ReturnType<typeof createExchangeTargets>;

const maxTargets = 20;

export function createExchangeTargets(directory: Pick<ClientDirectory, 'find' | 'findByResource'>) {
  async function check(
    target: Client | undefined,
    { client, contactCenterIds }: TargetQuestion,
  ): Promise<Client> {
    const isAllowed =
      target !== undefined &&
      (target.clientId === client.clientId || client.tokenExchange.audiences.includes(target.clientId));
    // The caller cannot distinguish an unknown target from a forbidden one.
    if (!isAllowed)
      throw invalidTarget('The client may not ask for this audience or resource', {
        refusal: 'target_not_allowed',
      });
    const bound = target.contactCenterIds;
    if (bound.length > 0 && !contactCenterIds.every((id) => bound.includes(id))) {
      throw invalidTarget('The audience does not serve this contact centre', {
        refusal: 'contact_center_not_served',
      });
    }
    return target;
  }

  return {
    /** At least one, each once. @throws OAuthError invalid_target (RFC 8693 section 2.2.2) */
    async resolve(question: TargetQuestion): Promise<Client[]> {
      const { client, audiences, resources } = question;
      if (audiences.length + resources.length > maxTargets) {
        throw invalidTarget(`Ask for at most ${maxTargets} audiences and resources`);
      }
      const targets = new Map<string, Client>();
      const add = (target: Client) => targets.set(target.clientId, target);
      for (const audience of audiences) add(await check(await directory.find(audience), question));
      for (const resource of resources) add(await check(await findByResource(resource), question));
      return targets.size === 0 ? [client] : [...targets.values()];
    },
  };

  async function findByResource(resource: string): Promise<Client | undefined> {
    // RFC 8707 section 2: an absolute URI without a fragment.
    const isResource = URL.canParse(resource) && !resource.includes('#') && resource.length <= 512;
    return isResource ? directory.findByResource(resource) : undefined;
  }
}
