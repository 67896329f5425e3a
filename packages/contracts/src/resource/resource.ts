/** Derives the bodies and the initial values of a resource from its fields. */
import { z } from 'zod';
import { type Fact, type FieldFacts, factsOf, field } from './field.ts';

export type Fields = Readonly<Record<string, z.ZodType>>;

export interface Resource<F extends Fields = Fields> {
  /** As texts and components name it. */
  name: string;
  fields: F;
}

export type Bare<S> = S extends z.ZodOptional<infer I> | z.ZodNullable<infer I> | z.ZodDefault<infer I>
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

/** The values of a new resource; of each field that has one. */
export type Initial<F extends Fields> = {
  [K in keyof F as undefined extends Fact<F[K], 'initial'> ? never : K]: NonNullable<z.output<F[K]>>;
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

/** The schema of the typed value, before a transform turns it into something else. */
export function typedOf(schema: z.ZodType): z.ZodType {
  const bare = bareOf(schema);
  if (!(bare instanceof z.ZodPipe)) return bare;
  return typedOf((bare.in instanceof z.ZodTransform ? bare.out : bare.in) as z.ZodType);
}
