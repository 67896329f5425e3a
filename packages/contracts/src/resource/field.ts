/** Registers what people and programs are told about a field, beside the schema that checks it. */
import { z } from 'zod';

/** The kind of thing that a value names: forms then offer a choice by name, or the control that fits. A value that does not exist yet is allowed. */
export type Reference =
  | 'contactCenter'
  | 'environment'
  | 'client'
  | 'scope'
  | 'group'
  | 'location'
  | 'color'
  | 'moment';

/** The facts that no schema tells. A fact of the schema (optional, options, limits) is not repeated here. */
export interface FieldFacts {
  /** English; other languages have it under `field.<resource>.<field>`. */
  label: string;
  /** One or two English sentences; other languages have them under `field.<resource>.<field>.help`. */
  help: string;
  /** Fields of one group stand together in forms and in the reference. */
  group: string;
  /** A value as people would choose it, for editors and the reference. */
  example?: unknown;
  reference?: Reference;
  /** The value of a new resource. */
  initial?: unknown;
  /** `null` in a PATCH takes the value away. */
  isClearable?: boolean;
  /** Given when the resource is made, and never changed. */
  isFixed?: boolean;
  /** Taken, and never shown again. */
  isSecret?: boolean;
  /** Lists of the console and of the command line show it. */
  isColumn?: boolean;
}

declare const described: unique symbol;

/** A schema whose type has the facts, too. */
export type Field<S extends z.ZodType = z.ZodType, F extends FieldFacts = FieldFacts> = S & {
  readonly [described]?: F;
};

const registry = z.registry<FieldFacts>();

/** The schema, with facts of its own: other fields may have the same schema. OpenAPI documents read the help as its description. */
export function field<S extends z.ZodType, const F extends FieldFacts>(schema: S, facts: F): Field<S, F> {
  // Not by describe(), which makes a child: the JSON Schema of a child has lost alternatives of a union (zod 4.6).
  const own = schema.clone(schema.def) as S;
  z.globalRegistry.add(own, { description: facts.help });
  registry.add(own, facts);
  return own as Field<S, F>;
}

/** The same field, checked by another schema. */
export function checkedBy<S extends z.ZodType, F extends FieldFacts>(
  like: { readonly [described]?: F },
  schema: S,
): Field<S, F> {
  return field(schema, factsOf(like as z.ZodType, 'the field that is checked otherwise') as F);
}

/** A schema that was wrapped after field() has no facts (`.optional()`). `name`: how the error calls the field. @throws Error */
export function factsOf(schema: z.core.$ZodType, name: string): FieldFacts {
  const facts = registry.get(schema);
  if (facts === undefined)
    throw new Error(`${name} has no facts: give it field(), as the last step of its schema`);
  return facts;
}

export const isField = (schema: z.core.$ZodType): boolean => registry.has(schema);

/** The type of one fact of a field; undefined where the field does not have it. */
export type Fact<S, N extends keyof FieldFacts> = S extends { readonly [described]?: infer F }
  ? N extends keyof NonNullable<F>
    ? NonNullable<F>[N]
    : undefined
  : undefined;
