/** Gives things an id that stays the same when the contact centre that they belong to gets another name. */

import type { Document } from '@gatehouse/contracts/documents';
import { rootLocation } from '@gatehouse/contracts/environment-api';

/** `contactCenterId`: the one that the document names. */
export function idOf(
  { kind, metadata }: Pick<Document, 'kind' | 'metadata'>,
  contactCenterId: string | undefined,
): string {
  const { name, location = rootLocation } = metadata;
  return JSON.stringify(
    kind === 'Setting' || kind === 'SingleSignOn'
      ? [contactCenterId ?? null, name, location]
      : [contactCenterId ?? null, name],
  );
}
