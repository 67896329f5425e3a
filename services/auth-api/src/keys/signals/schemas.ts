/** Validates what administrators send about receivers of shared signals. */
import { newSignalReceiverSchema, signalReceiverChangeSchema } from '@gatehouse/contracts/resources';
import { z } from 'zod';

export const createReceiverSchema = z.object({ data: newSignalReceiverSchema });
export const updateReceiverSchema = z.object({ data: signalReceiverChangeSchema });
export const receiverParamsSchema = z.object({ id: z.guid().toLowerCase() });

export type NewReceiver = z.infer<typeof newSignalReceiverSchema>;
export type ReceiverPatch = z.infer<typeof signalReceiverChangeSchema>;
