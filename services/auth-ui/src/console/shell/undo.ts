/** Says where a deletion is undone, for the message after it. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import { z } from 'zod';

export const deletedPath = `${consolePath}/deleted`;

/** The thing that was deleted, by the id that it had. */
export const undoSchema = z.object({
  kind: z.enum(['client', 'environment', 'contact-center', 'person']),
  id: z.string().max(255),
});

export type Undo = z.output<typeof undoSchema>;

export const undoAddress = ({ kind, id }: Undo) => `${deletedPath}/undo/${kind}/${encodeURIComponent(id)}`;
