/** Searches users and groups together, as one list that begins with the users (RFC 7644 sections 3.4.2.1 and 3.4.3). */
import type { Home } from '../people/person.ts';
import type { Groups } from './groups.ts';
import type { Listing, Question } from './listing.ts';
import { groupSchema, userSchema } from './schema.ts';
import type { Users } from './users.ts';

export function createSearch({ users, groups }: { users: Users; groups: Groups }) {
  return async (home: Home, question: Question, base: string): Promise<Listing> => {
    const { offset, limit } = question.page;
    const ofUsers = await users.list(home, { ...question, beside: groupSchema }, base);
    const page = {
      offset: Math.max(offset - ofUsers.totalResults, 0),
      limit: limit - ofUsers.resources.length,
    };
    const ofGroups = await groups.list(home, { ...question, page, beside: userSchema }, base);
    return {
      totalResults: ofUsers.totalResults + ofGroups.totalResults,
      startIndex: offset + 1,
      resources: [...ofUsers.resources, ...ofGroups.resources],
    };
  };
}
