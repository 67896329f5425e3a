/** Plans the document of one client. */
import {
  conflictOf,
  type Document,
  differenceOf,
  isSameValue,
  type Managed,
  type PlannedChange,
  valueAt,
} from '@gatehouse/contracts/documents';
import { hiddenValue } from '@gatehouse/service-kit/changes';
import { badRequest, conflict } from '@gatehouse/service-kit/errors';
import { type Client, usesSecret } from '../clients/client.ts';
import type { ClientService } from '../clients/service.ts';
import { type ClientPatch, clientPatchSchema } from '../clients/validation/schemas.ts';
import { clientViewOf } from '../clients/view.ts';
import type { SecretMacs } from './secret-macs.ts';
import type { ManagedClient } from './store.ts';

export interface Step {
  clientId: string;
  present: Client | undefined;
  patch: ClientPatch;
  /** Undefined: the stored one stays. */
  secret: string | undefined;
  supplied: string[];
  fields: PlannedChange['fields'];
}

interface Planning {
  clients: Pick<ClientService, 'tryCreate' | 'tryUpdate'>;
  macs: SecretMacs;
  owner: string;
  takeOver: boolean;
}

/** @throws AppError, ZodError as the administration of clients does */
export async function planOne(
  { clients, macs, owner, takeOver }: Planning,
  document: Document,
  present: Client | undefined,
  managed: ManagedClient | undefined,
): Promise<Step> {
  const { spec, secrets = {} } = document;
  const clientId = document.metadata.name;
  const patch = clientPatchSchema.parse(spec);
  const { client_secret: given } = secrets;
  const supplied = Object.keys(spec).filter((name) => spec[name] !== undefined);
  if (given !== undefined) supplied.push('client_secret');
  if (!takeOver) requireOwn(document, present && managed, owner, supplied);
  const after = await (present === undefined
    ? clients.tryCreate({ ...patch, client_id: clientId, client_secret: given })
    : clients.tryUpdate(present, patch));
  if (present === undefined && usesSecret(after) && given === undefined)
    throw badRequest(
      'client_secret is missing, and an apply makes up no secret: write a secretRef in its place',
      { field: 'secrets.client_secret', reason: 'missing' },
    );
  const isStored = given !== undefined && isStoredSecret(macs, present, managed, given);
  const secret = isStored ? undefined : given;
  const [from, to] = [present && clientViewOf(present), clientViewOf(after)];
  const fields = Object.keys(spec).flatMap((field): PlannedChange['fields'] => {
    const values = [from && valueAt(from, field), valueAt(to, field)] as const;
    if (present !== undefined && isSameValue(...values)) return [];
    return [differenceOf(field, ...values)];
  });
  if (secret !== undefined)
    fields.push(differenceOf('client_secret', present?.secrets[0] && hiddenValue, hiddenValue));
  return { clientId, present, patch, secret, supplied: supplied.sort(), fields };
}

/** The stored hash tells that nobody has given the client another secret since. */
function isStoredSecret(
  macs: SecretMacs,
  present: Client | undefined,
  managed: ManagedClient | undefined,
  secret: string,
): boolean {
  const stored = present?.secrets[0]?.hash;
  if (stored === undefined || managed === undefined || managed.secretMac === null) return false;
  return managed.secretHash === stored && macs.isOf(managed.secretMac, managed.clientId, secret);
}

/** @throws AppError 409 */
function requireOwn(
  document: Document,
  managed: Managed | undefined,
  owner: string,
  supplied: readonly string[],
): void {
  const found = conflictOf(document, managed, owner, supplied);
  if (found === undefined) return;
  const { message, ...where } = found;
  throw conflict(message, where);
}
