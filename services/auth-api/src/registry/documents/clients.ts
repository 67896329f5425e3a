/** Documents of clients. */
import { type Document, differenceOf } from '@gatehouse/contracts/documents';
import { client as description } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { hiddenValue } from '@gatehouse/service-kit/changes';
import { badRequest } from '@gatehouse/service-kit/errors';
import { etagOf } from '@gatehouse/service-kit/http';
import type { Actor } from '../../core/administration/actor.ts';
import { type Client, usesSecret } from '../clients/client.ts';
import type { ClientService } from '../clients/service.ts';
import { type ClientPatch, clientPatchSchema } from '../clients/validation/schemas.ts';
import { clientViewOf } from '../clients/view.ts';
import { differencesOf, specOf } from './fields.ts';
import type { Kind, ManagedDocument, SecretMark, Step } from './kind.ts';
import type { SecretMacs } from './secret-macs.ts';

const pageSize = 500;
const everyClient = { search: undefined, contactCenterId: undefined };

interface ClientKindOptions {
  clients: ClientService;
  macs: SecretMacs;
}

export function createClientKind({ clients, macs }: ClientKindOptions): Kind {
  /** The stored hash tells that nobody has given the client another secret since. */
  function isStored(
    present: Client | undefined,
    managed: ManagedDocument | undefined,
    secret: string,
  ): boolean {
    const stored = present?.secrets[0]?.hash;
    if (stored === undefined || managed === undefined || managed.secretMac === null) return false;
    return managed.secretHash === stored && macs.isOf(managed.secretMac, managed.id, secret);
  }

  async function planOne(
    { metadata: { name: clientId }, spec, secrets = {} }: Document,
    present: Client | undefined,
    managed: ManagedDocument | undefined,
  ): Promise<Step> {
    const patch = clientPatchSchema.parse(spec);
    const { client_secret: given } = secrets;
    const supplied = Object.keys(spec);
    if (given !== undefined) supplied.push('client_secret');
    const after = await (present === undefined
      ? clients.tryCreate({ ...patch, client_id: clientId, client_secret: given })
      : clients.tryUpdate(present, patch));
    if (present === undefined && usesSecret(after) && given === undefined)
      throw badRequest(
        'client_secret is missing, and an apply makes up no secret: write a secretRef in its place',
        { field: 'secrets.client_secret', reason: 'missing' },
      );
    const secret = given !== undefined && isStored(present, managed, given) ? undefined : given;
    const fields = differencesOf(spec, present && viewOf(present), viewOf(after));
    if (secret !== undefined)
      fields.push(differenceOf('client_secret', present?.secrets[0] && hiddenValue, hiddenValue));
    const write = (actor: Actor) => writeOne({ clientId, present, patch, secret }, actor);
    return { isMade: present === undefined, supplied, fields, write };
  }

  async function writeOne({ clientId, present, patch, secret }: Change, actor: Actor) {
    const input = { ...patch, ...definedOnly({ client_secret: secret }) };
    const client =
      present === undefined
        ? (await clients.create({ ...input, client_id: clientId }, actor)).client
        : await clients.update(clientId, input, { ...actor, ifMatch: etagOf(present.version) });
    const hash = client.secrets[0]?.hash;
    if (secret === undefined || hash === undefined) return undefined;
    return { secretMac: macs.of(clientId, secret), secretHash: hash } satisfies SecretMark;
  }

  return {
    name: 'Client',
    identify: async ({ metadata }) => metadata.name,
    async open(ids) {
      const present = await clients.findAll(ids);
      return {
        placeOf: (id) => (present.has(id) ? { name: id } : undefined),
        plan: (document, id, managed) => planOne(document, present.get(id), managed),
        remove: (id, actor) => clients.remove(id, actor),
      };
    },
    async list() {
      const documents: Awaited<ReturnType<Kind['list']>> = [];
      let after: string | undefined;
      do {
        const page = await clients.list(everyClient, { limit: pageSize, offset: 0, after });
        // One that has registered itself is described by its own program.
        for (const client of page.rows)
          if (!client.registeredDynamically)
            documents.push({
              metadata: { name: client.clientId },
              spec: specOf('Client', viewOf(client)),
            });
        after = page.nextCursor && page.rows.at(-1)?.clientId;
      } while (after !== undefined);
      return documents;
    },
  };
}

/** A row that was written before a right of exchange came has the same as one that does not give it. */
function viewOf(client: Client) {
  return {
    ...clientViewOf(client),
    tokenExchange: description.fields.tokenExchange.parse(client.tokenExchange),
  };
}

interface Change {
  clientId: string;
  present: Client | undefined;
  patch: ClientPatch;
  /** Undefined: the stored one stays. */
  secret: string | undefined;
}
