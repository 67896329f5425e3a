/** Serves the pages by which everything that is known of a person is erased, in one confirmed step. */
import { erasePerson, planErasure } from '@gatehouse/api-client/erasure';
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { bodyOf } from '../form/inputs.ts';
import { formRoutes } from '../form/routes.ts';
import { tablesView } from '../shell/pages.ts';
import { attempt } from '../shell/problem.ts';
import type { Shell } from '../shell/shell.ts';
import { typedText } from '../shell/typed.ts';
import { erasePage, goneInputs, gonePage, receiptPage } from './erase-pages.ts';
import { addressOf, centerField } from './names.ts';
import { centerOf } from './store.ts';

const asked = z.object({
  user: z.string().min(1).max(512),
  ...centerField,
  number: z.coerce.number().int().positive().optional(),
});
const confirmed = asked.extend({ name: typedText(512) });

export function eraseRoutes(pages: App, shell: Shell): void {
  pages.get('/erase', { schema: { hide: true, querystring: asked } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const [center, plan] = await Promise.all([
      centerOf(visit, request.query.contactCenter),
      planErasure(visit, request.query),
    ]);
    return shell.show(
      visit,
      tablesView,
      erasePage(visit, center, { number: undefined, ...request.query }, plan),
    );
  });

  pages.post('/erase', { schema: { hide: true, body: confirmed } }, async (request, reply) => {
    const visit = shell.begin(request, reply);
    const { name, ...named } = request.body;
    const center = await centerOf(visit, named.contactCenter);
    const again = async (state: { problem?: string; whole?: string }, status: number) => {
      reply.code(status);
      const person = { number: undefined, ...named };
      const plan = await planErasure(visit, named);
      return shell.show(visit, tablesView, erasePage(visit, center, person, plan, { typed: name, ...state }));
    };
    if (name.toLowerCase() !== named.user.toLowerCase())
      return again({ problem: visit.text('console.people.erase.name.wrong') }, 400);
    const { done, problem } = await attempt(visit, () => erasePerson(visit, named));
    if (problem !== undefined) return again({ whole: problem.message }, problem.status);
    return shell.show(visit, tablesView, receiptPage(visit, center, done));
  });

  formRoutes(pages, shell, {
    url: '/erase-gone',
    fields: centerField,
    read: (visit, { contactCenter }) => centerOf(visit, contactCenter),
    page: (visit, center, typed) => gonePage(visit, center, typed),
    act: async (visit, _asked, { typed }) => bodyOf<{ user: string }>(visit, goneInputs, typed),
    done: (visit, { contactCenter }, { user }) =>
      visit.reply.redirect(addressOf('erase', { user, contactCenter }), 303),
  });
}
