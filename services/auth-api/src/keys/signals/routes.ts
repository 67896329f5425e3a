/** Serves `/auth/v3/ops/signal-receivers`: who is told when sessions end and passwords change. */

import { emptyEnvelope, envelopeOf } from '@gatehouse/contracts/answers';
import { signalReceiverViewSchema, signalTestSchema } from '@gatehouse/contracts/auth-administration';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { actorOf } from '../../core/administration/actor.ts';
import { refusals, refusalsOfOne } from '../../core/administration/refusals.ts';
import type { createDelivery } from './delivery.ts';
import { type Receivers, receiverViewOf } from './receivers.ts';
import { createReceiverSchema, receiverParamsSchema, updateReceiverSchema } from './schemas.ts';

const tags = ['shared signals'];
const one = envelopeOf(signalReceiverViewSchema);

export function signalRoutes(
  app: App,
  { receivers, test }: { receivers: Receivers; test: ReturnType<typeof createDelivery>['test'] },
): void {
  app.get(
    '',
    {
      schema: {
        operationId: 'listSignalReceivers',
        tags,
        summary: 'List the receivers of shared signals',
        response: { 200: envelopeOf(z.array(signalReceiverViewSchema)), ...refusals },
      },
    },
    async () => ok((await receivers.list()).map(receiverViewOf)),
  );

  app.post(
    '',
    {
      schema: {
        operationId: 'createSignalReceiver',
        tags,
        summary: 'Register a receiver of shared signals',
        description: 'It is told of what happens from now on.',
        body: createReceiverSchema,
        response: { 200: one, ...refusals },
      },
    },
    async (request) => ok(receiverViewOf(await receivers.create(request.body.data, actorOf(request)))),
  );

  app.get(
    '/:id',
    {
      schema: {
        operationId: 'readSignalReceiver',
        tags,
        summary: 'Read a receiver of shared signals',
        params: receiverParamsSchema,
        response: { 200: one, ...refusalsOfOne },
      },
    },
    async ({ params }) => ok(receiverViewOf(await receivers.get(params.id))),
  );

  app.put(
    '/:id',
    {
      schema: {
        operationId: 'updateSignalReceiver',
        tags,
        summary: 'Change a receiver of shared signals: fields that are left out keep their value',
        params: receiverParamsSchema,
        body: updateReceiverSchema,
        response: { 200: one, ...refusalsOfOne },
      },
    },
    async (request) =>
      ok(receiverViewOf(await receivers.update(request.params.id, request.body.data, actorOf(request)))),
  );

  app.delete(
    '/:id',
    {
      schema: {
        operationId: 'deleteSignalReceiver',
        tags,
        summary: 'Remove a receiver of shared signals; what waits for it is not sent any more',
        params: receiverParamsSchema,
        response: { 200: emptyEnvelope, ...refusalsOfOne },
      },
    },
    async (request) => {
      await receivers.remove(request.params.id, actorOf(request));
      return ok();
    },
  );

  app.post(
    '/:id/test',
    {
      schema: {
        operationId: 'testSignalReceiver',
        tags,
        summary: 'Send a verification event to a receiver now, and tell how it answered',
        params: receiverParamsSchema,
        response: { 200: envelopeOf(signalTestSchema), ...refusalsOfOne },
      },
    },
    async ({ params }) => ok(await test(await receivers.get(params.id))),
  );
}
