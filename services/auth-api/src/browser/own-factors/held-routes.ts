/** Adds the routes by which people rename and remove what they have: an app, or a passkey. */
import { emptyEnvelope, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import { newFactorSchema } from '@gatehouse/contracts/auth-api';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { z } from 'zod';
import type { Removal } from '../../factors/store/lasting-factors.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import { changeDescription, type OwnFactorDeps, refusals, tags } from './route-parts.ts';

interface Kind {
  path: string;
  params: z.ZodObject<{ id: z.ZodType<string> }>;
  operationIds: { rename: string; remove: string };
  /** For the summaries. */
  words: string;
  service: {
    rename(person: PersonKey, id: string, name: string): Promise<void>;
    remove(person: PersonKey, removal: Removal): Promise<void>;
  };
}

export function heldRoutes(
  app: App,
  { owners }: Pick<OwnFactorDeps, 'owners'>,
  { path, params, operationIds, words, service }: Kind,
): void {
  app.put(
    path,
    {
      schema: {
        operationId: operationIds.rename,
        tags,
        summary: `Call ${words} something else`,
        description: changeDescription,
        params,
        body: wrapped(newFactorSchema),
        response: { 200: emptyEnvelope, ...refusals, 404: errorEnvelope },
      },
    },
    async (request) => {
      const { identity } = (await owners.change(request)).caller;
      await service.rename(identity, request.params.id, request.body.data.name);
      return ok();
    },
  );

  app.delete(
    path,
    {
      schema: {
        operationId: operationIds.remove,
        tags,
        summary: `Remove ${words}; every remembered browser is asked for a factor again`,
        description: `${changeDescription} The last factor stays where the contact centre requires one. Recovery codes end with the last factor.`,
        params,
        response: { 200: emptyEnvelope, ...refusals, 404: errorEnvelope, 409: errorEnvelope },
      },
    },
    async (request) => {
      const { caller, situation } = await owners.change(request);
      const { identity } = caller;
      const removal = { id: request.params.id, isEnough: situation.isEnough, by: identity.sub };
      await service.remove(identity, removal);
      return ok();
    },
  );
}
