/** Derives the bodies, the answers and the initial values of a resource from its fields. */
import { z } from 'zod';
import { type Fact, type FieldFacts, factsOf, field } from './field.ts';

export type Fields = Readonly<Record<string, z.ZodType>>;

export interface Resource<F extends Fields = Fields> {
  /** As texts and components name it. */
  name: string;
  fields: F;
}

type Bare<S> = S extends z.ZodOptional<infer I> | z.ZodNullable<infer I> | z.ZodDefault<infer I>
  ? Bare<I>
  : S;
type Removable<S> = S extends z.ZodType ? z.ZodOptional<z.ZodNullable<S>> : never;
type Left<S> = S extends z.ZodType ? z.ZodOptional<S> : never;

/** A PATCH leaves what it does not have; `null` takes a clearable value away. Fixed fields are not among its fields. */
export type ChangeShape<F extends Fields> = {
  [K in keyof F as Fact<F[K], 'isFixed'> extends true ? never : K]: Fact<F[K], 'isClearable'> extends true
    ? Removable<Bare<F[K]>>
    : Left<Bare<F[K]>>;
};

/** Answers have neither secrets nor `null`. */
export type ShownShape<F extends Fields> = {
  [K in keyof F as Fact<F[K], 'isSecret'> extends true ? never : K]: Shown<F[K]>;
};

type Shown<S> =
  S extends z.ZodOptional<infer I>
    ? z.ZodOptional<ShownBare<I>>
    : S extends z.ZodDefault<infer I>
      ? ShownBare<I>
      : ShownBare<S>;

type ShownBare<S> = S extends z.ZodBoolean
  ? z.ZodBoolean
  : S extends z.ZodNumber
    ? z.ZodInt
    : S extends z.ZodArray<infer E>
      ? z.ZodArray<Shown<E> & z.ZodType>
      : S extends z.ZodRecord<infer _K, infer V>
        ? z.ZodRecord<z.ZodString, Shown<V> & z.ZodType>
        : S extends z.ZodObject<infer P>
          ? z.ZodObject<{ [K in keyof P]: Shown<P[K]> & z.ZodType }, z.core.$strip>
          : z.ZodString;

/** The values of a new resource; of each field that has one. */
export type Initial<F extends Fields> = {
  [K in keyof F as undefined extends Fact<F[K], 'initial'> ? never : K]: z.output<F[K]>;
};

/** Each field with its name and its facts, in the order of the description. @throws Error for a schema that is no field */
export function described({ name: resource, fields }: Resource): [name: string, z.ZodType, FieldFacts][] {
  return Object.entries(fields).map(([name, schema]) => [
    name,
    schema,
    factsOf(schema, `${resource}.${name}`),
  ]);
}

export function changeShape<F extends Fields>(resource: Resource<F>): ChangeShape<F> {
  const entries = described(resource).flatMap(([name, schema, facts]) => {
    if (facts.isFixed) return [];
    const bare = bareOf(schema);
    return [[name, field(facts.isClearable ? bare.nullish() : bare.optional(), facts)]];
  });
  return Object.fromEntries(entries) as ChangeShape<F>;
}

/**
 * Values that this release does not know pass, so that answers of the next one can be read: a text is any text, a number any
 * integer.
 */
export function shownShape<F extends Fields>(resource: Resource<F>): ShownShape<F> {
  const entries = described(resource).flatMap(([name, schema, { isSecret }]) =>
    isSecret ? [] : [[name, shownAs(schema)]],
  );
  return Object.fromEntries(entries) as ShownShape<F>;
}

/** Made anew for each resource: one may be changed. */
export function initialOf<F extends Fields>(resource: Resource<F>): Initial<F> {
  const entries = described(resource).flatMap(([name, _schema, { initial }]) =>
    initial === undefined ? [] : [[name, structuredClone(initial)]],
  );
  return Object.fromEntries(entries) as Initial<F>;
}

/** The schema below `optional`, `nullable` and `default`. */
export function bareOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return bareOf(schema.unwrap() as z.ZodType);
  return schema;
}

function shownAs(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional) return shownAs(schema.unwrap() as z.ZodType).optional();
  const bare = bareOf(schema);
  if (bare instanceof z.ZodBoolean) return z.boolean();
  if (bare instanceof z.ZodNumber) return z.int();
  if (bare instanceof z.ZodArray) return z.array(shownAs(bare.element as z.ZodType));
  if (bare instanceof z.ZodRecord) return z.record(z.string(), shownAs(bare.valueType as z.ZodType));
  if (bare instanceof z.ZodObject)
    return z.object(
      Object.fromEntries(
        Object.entries(bare.shape).map(([name, inner]) => [name, shownAs(inner as z.ZodType)]),
      ),
    );
  return z.string();
}
