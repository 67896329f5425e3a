/** Moments in bodies: ISO 8601 with a time zone, answered in UTC. */
import { z } from 'zod';

/** `2027-01-31T12:00:00Z`; as UTC with milliseconds afterwards. */
export function instant() {
  return z.iso
    .datetime({ offset: true, error: 'must be a moment such as 2027-01-31T12:00:00Z, with its time zone' })
    .transform((text, context) => {
      const moment = new Date(text);
      // PostgreSQL and JavaScript agree on four-digit years only.
      if (moment.getTime() >= earliestMs && moment.getTime() < latestMs) return moment.toISOString();
      context.addIssue({ code: 'custom', message: 'must be a moment of the years 2000 to 9998' });
      return z.NEVER;
    });
}

const earliestMs = Date.UTC(2000, 0, 1);
const latestMs = Date.UTC(9999, 0, 1);
