/** Does what SCIM asks for groups: read, list, create, replace, patch and delete. */
import type { WriteContext } from '../changes/writer.ts';
import type { GroupService } from '../people/group-service.ts';
import type { Group, Home } from '../people/person.ts';
import { parseFilter } from './filter/filter.ts';
import { everything, groupCondition } from './filter/filter-sql.ts';
import { groupOf, readGroup, readGroupPatch } from './group.ts';
import type { Listing, Question } from './listing.ts';
import { readOperations } from './patch.ts';
import { createProjection, includes, type Projection } from './projection.ts';
import { requireSchema } from './resource.ts';
import { groupSchema } from './schema.ts';

export type Groups = ReturnType<typeof createGroups>;

/** Of one list. A page ends before the group that would exceed it, so that 200 groups of 100 000 people are no answer. */
const maxListedMembers = 20_000;

export function createGroups({ groups }: { groups: GroupService }) {
  async function shown(rows: readonly Group[], base: string, asked: Projection) {
    const project = createProjection(groupSchema, asked);
    if (!includes(groupSchema, asked, 'members'))
      return rows.map((row) => project(groupOf(row, undefined, base)));
    const members = Map.groupBy(await groups.members(rows.map(({ id }) => id)), ({ groupId }) => groupId);
    return rows.map((row) => project(groupOf(row, members.get(row.id) ?? [], base)));
  }

  return {
    async read(home: Home, id: string, base: string, asked: Projection) {
      const group = await groups.read(home, id);
      const [resource = {}] = await shown([group], base, asked);
      return { version: group.version, resource };
    },
    async list(home: Home, question: Question, base: string): Promise<Listing> {
      const { filter, page, beside } = question;
      const condition = filter === undefined ? everything : groupCondition(parseFilter(filter), beside);
      const totalResults = await groups.count(home, condition);
      const rows =
        page.limit === 0 || page.offset >= totalResults ? [] : await groups.list(home, condition, page);
      const listed = includes(groupSchema, question, 'members') ? withinBound(rows) : rows;
      return { totalResults, startIndex: page.offset + 1, resources: await shown(listed, base, question) };
    },
    async create(context: WriteContext, home: Home, body: unknown) {
      requireSchema(body, groupSchema.core.urn);
      return groups.create(context, home, readGroup(body));
    },
    async replace(context: WriteContext, home: Home, id: string, body: unknown) {
      requireSchema(body, groupSchema.core.urn);
      return groups.change(context, home, id, (present) => readGroup(body, present));
    },
    patch: async (context: WriteContext, home: Home, id: string, body: unknown) =>
      groups.change(context, home, id, readGroupPatch(readOperations(groupSchema, body))),
    remove: (context: WriteContext, home: Home, id: string) => groups.remove(context, home, id),
  };
}

/** At least one, so that whoever pages gets on. */
function withinBound(rows: readonly Group[]): Group[] {
  let members = 0;
  return rows.filter(({ memberCount }, index) => {
    members += memberCount;
    return index === 0 || members <= maxListedMembers;
  });
}
