/** Says which fields of a contact centre its own administrators leave to those of the installation. */
import { isDeepStrictEqual } from 'node:util';
import { forbidden } from '@gatehouse/service-kit/errors';
import type { AdministratorPlaces } from '../access/administrator-places.ts';
import type { Caller } from '../access/caller.ts';
import { mayCall, requireMayCall } from '../access/guard.ts';
import type { Write } from '../changes/writer.ts';
import type { ContactCenter, ContactCenterFields } from './contact-center.ts';

export interface Change {
  caller: Caller;
  present: ContactCenter;
  next: ContactCenterFields;
}

/** These fields say what a contact centre is: they need the right to make one. */
const founding = 'POST /contact-centers';

/** @throws AppError 403; 503 where nobody can tell whether administrators of the installation sign in there */
export async function authoriseChange(
  write: Pick<Write, 'requires'>,
  places: Pick<AdministratorPlaces, 'requireOthers'>,
  { caller, present, next }: Change,
): Promise<void> {
  const changes = (field: keyof ContactCenterFields) => !isDeepStrictEqual(present[field], next[field]);
  // A bound manager could take the people of another contact centre in.
  if (changes('environmentId') || changes('membership')) requireMayCall(caller, founding);
  // By another subject, whoever writes here could speak for people of other contact centres.
  if (changes('subjectScope')) requireMayCall(caller, founding);
  if (changes('domains')) requireDomainWriter(caller);
  // A disabled contact centre shuts its people out, administrators of the installation among them.
  if (changes('status')) await write.requires(() => places.requireOthers(caller, present.id));
  // A stricter policy may do the same.
  if (changes('secondFactor')) await write.requires(() => places.requireOthers(caller, present.id));
}

/** Users find their contact centre by its domains: a bound manager could claim the name of another one. */
function requireDomainWriter(caller: Caller): void {
  if (mayCall(caller, founding)) return;
  throw forbidden(
    'This caller is bound to a contact centre: domains are set by the operator, an installation administrator, or a managing client that is bound to none',
    { field: 'data.domains' },
  );
}
