/** Routes by which administrators see, add and remove the links of a person to identity providers. */
import { emptyEnvelope, envelopeOf, wrapped } from '@gatehouse/contracts/answers';
import { newSignOnLinkSchema, signOnLinkSchema } from '@gatehouse/contracts/environment-administration';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { z } from 'zod';
import { type Caller, requireReach } from '../../access/caller.ts';
import { failures } from '../../answers.ts';
import { contextOf } from '../../changes/writer.ts';
import { findHome } from '../home.ts';
import type { SignOnLinks } from './sign-on-links.ts';

const tags = ['people'];
const params = z.object({ id: z.string(), personId: z.string() });
const response = { 200: envelopeOf(z.array(signOnLinkSchema)), ...failures };

export function signOnLinkRoutes(api: App, { db, links }: { db: Queryable; links: SignOnLinks }): void {
  const homeOf = (caller: Caller, id: string) => findHome(db, requireReach(caller, id));

  api.get(
    '/:personId/links',
    {
      schema: {
        tags,
        operationId: 'listSignOnLinks',
        summary: 'The links of a person of the people store to identity providers',
        params,
        response,
      },
    },
    async ({ caller, params: { id, personId } }) => ok(await links.list(await homeOf(caller, id), personId)),
  );

  api.post(
    '/:personId/links',
    {
      schema: {
        tags,
        operationId: 'addSignOnLink',
        summary: 'Link a person of the people store to an identity provider',
        description:
          'A sign-in by this subject of the identity provider is one of this person from then on. 409 where the subject is linked already. The answer has all links of the person.',
        params,
        body: wrapped(newSignOnLinkSchema),
        response,
      },
    },
    async (request) => {
      const { id, personId } = request.params;
      const home = await homeOf(request.caller, id);
      await links.add(contextOf(request), home, personId, request.body.data);
      return ok(await links.list(home, personId));
    },
  );

  api.delete(
    '/:personId/links/:linkId',
    {
      schema: {
        tags,
        operationId: 'removeSignOnLink',
        summary: 'Remove a link: sessions and tokens end within a second, and the person keeps the account',
        description: 'Groups that the identity provider gave go.',
        params: params.extend({ linkId: z.string() }),
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request) => {
      const { id, personId, linkId } = request.params;
      const home = await homeOf(request.caller, id);
      await links.remove(contextOf(request), home, personId, linkId);
      return ok();
    },
  );
}
