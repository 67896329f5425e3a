/** Documents of receivers of shared signals. A receiver is known by its address. */
import { type Document, differenceOf } from '@gatehouse/contracts/documents';
import { newSignalReceiverSchema, signalReceiverChangeSchema } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { hiddenValue } from '@gatehouse/service-kit/changes';
import { conflict } from '@gatehouse/service-kit/errors';
import type { Receiver } from '../../keys/signals/receiver-store.ts';
import type { Receivers } from '../../keys/signals/receivers.ts';
import { differencesOf, specOf } from './fields.ts';
import type { Kind, Step } from './kind.ts';

export function createSignalReceiverKind({ receivers }: { receivers: Receivers }): Kind {
  function planOne({ metadata, spec, secrets = {} }: Document, present: Receiver | undefined): Step {
    const endpoint = metadata.name;
    const { bearerToken: given } = secrets;
    const isStored = present !== undefined && given !== undefined && receivers.bearerOf(present) === given;
    const token = isStored ? undefined : given;
    const input = { ...spec, ...definedOnly({ bearerToken: token }) };
    const patch = signalReceiverChangeSchema.parse(input);
    const made = present === undefined ? newSignalReceiverSchema.parse({ ...input, endpoint }) : undefined;
    receivers.requireEndpoint(endpoint);
    const { bearerToken, ...fields } = patch;
    const differences = differencesOf(withoutToken(spec), present && { ...present }, { ...fields });
    if (token !== undefined || (bearerToken === null && present?.bearerToken))
      differences.push(
        differenceOf('bearerToken', present?.bearerToken ? hiddenValue : undefined, token && hiddenValue),
      );
    return {
      isMade: present === undefined,
      supplied: [
        ...Object.keys(withoutToken(spec)),
        ...(given !== undefined || bearerToken === null ? ['bearerToken'] : []),
      ],
      fields: differences,
      async write(actor) {
        if (made !== undefined) await receivers.create(made, actor);
        else if (present !== undefined) await receivers.update(present.id, patch, actor);
        return undefined;
      },
    };
  }

  return {
    name: 'SignalReceiver',
    identify: async ({ metadata }) => metadata.name,
    async open() {
      const all = await receivers.list();
      const at = (endpoint: string) => {
        const [present, other] = all.filter((receiver) => receiver.endpoint === endpoint);
        if (other === undefined) return present;
        throw conflict(
          `Two receivers have the address ${endpoint}, so no document can name one of them: remove one`,
          { field: 'metadata.name', reason: 'in_use' },
        );
      };
      return {
        placeOf: (id) => (all.some(({ endpoint }) => endpoint === id) ? { name: id } : undefined),
        plan: async (document, id) => planOne(document, at(id)),
        async remove(id, actor) {
          const present = at(id);
          if (present !== undefined) await receivers.remove(present.id, actor);
        },
      };
    },
    async list() {
      return (await receivers.list()).map((receiver) => ({
        metadata: { name: receiver.endpoint },
        spec: specOf('SignalReceiver', { ...receiver, bearerToken: undefined }),
      }));
    },
  };
}

function withoutToken({ bearerToken: _bearerToken, ...rest }: Document['spec']): Document['spec'] {
  return rest;
}
