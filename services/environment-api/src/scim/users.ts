/** Does what SCIM asks for users: read, list, create, replace, patch and delete. */
import { AppError } from '@gatehouse/service-kit/errors';
import type { WriteContext } from '../changes/writer.ts';
import type { Home, PersonFields } from '../people/person.ts';
import type { ProvidedPassword } from '../people/provided-password.ts';
import { taken } from '../people/records.ts';
import type { CreatedPerson, PeopleService } from '../people/service.ts';
import { parseFilter } from './filter/filter.ts';
import { everything, userCondition } from './filter/filter-sql.ts';
import type { Listing, Question } from './listing.ts';
import { applyPatch, type PatchOperation, patchTarget, readOperations } from './patch.ts';
import { createProjection, type Projection } from './projection.ts';
import { isObject, readResource, requireSchema } from './resource.ts';
import { userSchema } from './schema.ts';
import { readPatched, readUser, userOf, writableOf } from './user.ts';

export type Users = ReturnType<typeof createUsers>;

export function createUsers({ people }: { people: PeopleService }) {
  const hashed = async (password: string | undefined): Promise<ProvidedPassword | undefined> =>
    password === undefined ? undefined : people.hashPassword(password);

  return {
    async read(home: Home, id: string, base: string, asked: Projection) {
      const person = await people.read(home, id);
      return { version: person.version, resource: createProjection(userSchema, asked)(userOf(person, base)) };
    },
    async list(home: Home, question: Question, base: string): Promise<Listing> {
      const { filter, page, beside } = question;
      const condition = filter === undefined ? undefined : userCondition(parseFilter(filter), beside);
      const project = createProjection(userSchema, question);
      const totalResults = await people.count(home, condition);
      const rows =
        page.limit === 0 || page.offset >= totalResults
          ? []
          : await people.list(home, condition ?? everything, page);
      return {
        totalResults,
        startIndex: page.offset + 1,
        resources: rows.map((person) => project(userOf(person, base))),
      };
    },
    async create(context: WriteContext, home: Home, body: unknown) {
      requireSchema(body, userSchema.core.urn);
      const { fields, password: text } = readUser(body);
      const password = await hashed(text);
      return people.create(context, home, { fields, password });
    },
    /** Those without a password. In the place of each that fails is why. Errors: 409 for a name that was taken meanwhile */
    async createMany(
      context: WriteContext,
      home: Home,
      bodies: readonly unknown[],
    ): Promise<(CreatedPerson | AppError)[]> {
      const read = bodies.map(fieldsOrFailure);
      const right = read.filter((one): one is PersonFields => !(one instanceof AppError));
      const created = await people.createMany(context, home, right);
      return read.map((one) => (one instanceof AppError ? one : (created.shift() ?? taken())));
    },
    async replace(context: WriteContext, home: Home, id: string, body: unknown) {
      requireSchema(body, userSchema.core.urn);
      const password = await hashed(passwordOf(body));
      return people.change(context, home, id, (present) => ({
        fields: readUser(body, present).fields,
        password,
      }));
    },
    async patch(context: WriteContext, home: Home, id: string, body: unknown) {
      const operations = readOperations(userSchema, body);
      const password = await hashed(passwordIn(operations));
      return people.change(context, home, id, (present) => {
        const patched = applyPatch(userSchema, writableOf(present), operations);
        return { fields: readPatched(patched, present), password };
      });
    },
    remove: (context: WriteContext, home: Home, id: string) => people.remove(context, home, id),
  };
}

function fieldsOrFailure(body: unknown): PersonFields | AppError {
  try {
    requireSchema(body, userSchema.core.urn);
    return readUser(body).fields;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Before the row is locked: hashing takes long. */
function passwordOf(body: unknown): string | undefined {
  return readResource(userSchema, body)['password'] as string | undefined;
}

/** The last one that is set; it is hashed before the row is locked. */
function passwordIn(operations: readonly PatchOperation[]): string | undefined {
  const isPassword = (name: string) => patchTarget(userSchema, name)?.attribute.name === 'password';
  return operations
    .flatMap(({ op, path, value }) => {
      if (op === 'remove') return [];
      const named =
        path === undefined ? (isObject(value) ? Object.entries(value) : []) : [[path, value] as const];
      return named
        .filter(([name]) => isPassword(name))
        .map(([, text]) => readUser({ userName: 'x', password: text }).password);
    })
    .findLast((text) => text !== undefined);
}
