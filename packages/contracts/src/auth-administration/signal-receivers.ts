/** Describes the receivers of shared signals as administrators see them. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { shownShape } from '../resource/shown.ts';
import { signalEvents, signalReceiver } from '../resources/signal-receiver.ts';

export const signalReceiverViewSchema = z.object({
  id: z.guid(),
  ...shownShape(signalReceiver),
  /** Every release knows the two. */
  events: z.array(z.enum(signalEvents)),
  hasBearerToken: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
components.add(signalReceiverViewSchema, { id: 'SignalReceiver' });

export type SignalReceiverView = z.infer<typeof signalReceiverViewSchema>;

export const signalTestSchema = z.object({
  accepted: z.boolean(),
  problem: z.string().optional().describe('why the receiver did not accept it'),
});
components.add(signalTestSchema, { id: 'SignalTest' });
