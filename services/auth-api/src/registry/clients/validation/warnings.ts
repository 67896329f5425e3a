/** Warns of contact centres that a client names and that do not exist. It never refuses: scripts make clients first. */
import type { Warning } from '@gatehouse/contracts/answers';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';
import type { ContactCenterService } from '../../contact-centers/service.ts';
import type { ClientPatch } from './schemas.ts';

/** Each may be a call. */
const maxLookups = 50;

/** Undefined: nothing to say, or nobody can tell. Never rejects. */
export async function warningsFor(
  contactCenters: Pick<ContactCenterService, 'find'>,
  { contactCenterIds = [] }: ClientPatch,
): Promise<Warning[] | undefined> {
  const looked = (contactCenterIds ?? []).slice(0, maxLookups).map(async (id, index): Promise<Warning[]> => {
    if ((await contactCenters.find(id)) !== undefined) return [];
    const words = wordsOf(say('warning.contactCenter.unknown', { id }));
    return [{ field: `data.contactCenterIds.${index}`, value: id, ...words }];
  });
  const found = (await Promise.allSettled(looked)).flatMap((one) =>
    one.status === 'fulfilled' ? one.value : [],
  );
  return found.length === 0 ? undefined : found;
}
