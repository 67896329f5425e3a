/** Lists the security events about the receivers of shared signals. */
import { actor, administered, type CatalogueEntry, end } from './event-kinds.ts';

const receiver = {
  actor,
  receiver: 'id of the receiver',
  changes: 'each changed field, before and after; of secrets only that they changed',
};

export const signalEvents = {
  signal_receiver_created: {
    when: 'a receiver of shared signals was registered',
    kind: administered('creation'),
    fields: receiver,
  },
  signal_receiver_updated: {
    when: 'a receiver of shared signals was changed',
    kind: administered('change'),
    fields: receiver,
  },
  signal_receiver_deleted: {
    when: 'a receiver of shared signals was removed',
    kind: administered('deletion'),
    fields: receiver,
  },
  signal_undelivered: {
    when: 'a receiver refused a shared signal for good, or did not accept it for a day',
    kind: end,
    fields: { receiver: 'id of the receiver', attempts: 'number of attempts', reason: 'why' },
  },
} satisfies Record<string, CatalogueEntry>;
