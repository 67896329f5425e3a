/** Lists and ends the sessions of a person for an administrator. */
import type { PersonName } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { notFound } from '@gatehouse/service-kit/errors';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { SessionViews } from '../../browser/sessions/views.ts';
import type { Actor } from '../../core/administration/actor.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import { helpDeskEventOf } from './events.ts';
import { type HelpDeskPeople, ownerOf } from './people.ts';

export interface HeldSessionsOptions {
  people: Pick<HelpDeskPeople, 'find'>;
  sessions: Pick<SessionService, 'list' | 'findOne' | 'endOne' | 'endAll'>;
  views: SessionViews;
  audit: Pick<AuditWriter, 'write'>;
}

/** Every function throws AppError 400, 404, 503. */
export function createHeldSessions({ people, sessions, views, audit }: HeldSessionsOptions) {
  return {
    async list(named: PersonName, actor: Actor) {
      const user = await people.find(named, actor.within);
      const { sub, userName, contactCenterId } = user;
      const fields = { purpose: 'sessions', ...definedOnly({ userName }) };
      await audit.write(helpDeskEventOf('access_inspected', actor, { sub, contactCenterId, fields }));
      return { user, sessions: await views(await sessions.list(ownerOf(user))) };
    },

    /** Ends one session and its tokens. */
    async endOne(named: PersonName, sid: string, actor: Actor) {
      const user = await people.find(named, actor.within);
      const { sub, userName, contactCenterId } = user;
      if ((await sessions.findOne(ownerOf(user), sid)) === undefined) {
        // An earlier request may have ended it, and have been answered 503.
        await sessions.endOne(ownerOf(user), sid);
        throw notFound('The person has no such session', { field: 'session' });
      }
      // The event comes first: a repetition after a crash would find no session to record.
      const fields = definedOnly({ userName });
      await audit.write(helpDeskEventOf('session_ended', actor, { sub, contactCenterId, sid, fields }));
      await sessions.endOne(ownerOf(user), sid);
      return { user, sessions: 1 };
    },

    /** Ends every session and token of the person. */
    async endAll(named: PersonName, actor: Actor) {
      const user = await people.find(named, actor.within);
      const { sub, userName, contactCenterId } = user;
      const held = await sessions.list(ownerOf(user));
      await audit.write(
        helpDeskEventOf('global_logout', actor, { sub, contactCenterId, fields: definedOnly({ userName }) }),
      );
      await sessions.endAll(ownerOf(user));
      return { user, sessions: held.length };
    },
  };
}
