/** Reads the contact centre that the address of a page names. */
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import { z } from 'zod';
import type { ConsoleVisit } from '../shell/shell.ts';

export const centerParams = z.object({ id: z.string().max(64) });

/** @throws UpstreamError (404) */
export const centerOf = ({ environmentApi }: ConsoleVisit, id: string) =>
  createContactCenterAdministration(environmentApi).read(id);

/** As documents name it. */
export const managedCenter = ({ id }: { id: string }) => ({
  kind: 'ContactCenter' as const,
  contactCenterId: id,
});
