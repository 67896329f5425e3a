/** Derives the answers about a resource from its fields. */
import { z } from 'zod';
import { type Fact, factsOf, isField } from './field.ts';
import { type Bare, described, type Fields, type Resource, typedOf } from './resource.ts';

/** Answers have neither secrets nor `null`. */
export type ShownShape<F> = {
  [K in keyof F as Fact<F[K], 'isSecret'> extends true ? never : K]: Shown<F[K]> & z.ZodType;
};

type Shown<S> =
  S extends z.ZodOptional<infer I> ? z.ZodOptional<ShownBare<Bare<I>> & z.ZodType> : ShownBare<Bare<S>>;

type ShownBare<S> = S extends z.ZodBoolean
  ? z.ZodBoolean
  : S extends z.ZodNumber
    ? z.ZodInt
    : S extends z.ZodArray<infer E>
      ? z.ZodArray<Shown<E> & z.ZodType>
      : S extends z.ZodRecord<infer _K, infer V>
        ? z.ZodRecord<z.ZodString, Shown<V> & z.ZodType>
        : S extends z.ZodObject<infer P>
          ? z.ZodObject<ShownShape<P>, z.core.$strip>
          : S extends z.ZodUnion<infer O>
            ? OneOf<ShownBare<Bare<O[number]>>>
            : S extends z.ZodPipe<infer A, infer B>
              ? ShownBare<Bare<A extends z.core.$ZodTransform ? B : A>>
              : z.ZodString;

type OneOf<S> = [Exclude<S, z.ZodString>] extends [never] ? z.ZodString : Exclude<S, z.ZodString>;

/**
 * Values that this release does not know pass, so that answers of the next one can be read: a text is any text, a number any
 * integer.
 */
export function shownShape<F extends Fields>(resource: Resource<F>): ShownShape<F> {
  return shapeOf(described(resource).map(([name, schema]) => [name, schema])) as ShownShape<F>;
}

function shapeOf(fields: [name: string, z.ZodType][]): Record<string, z.ZodType> {
  return Object.fromEntries(
    fields.flatMap(([name, schema]) => {
      const facts = isField(schema) ? factsOf(schema, name) : undefined;
      if (facts?.isSecret) return [];
      const shown = facts === undefined ? shownAs(schema) : shownAs(schema).describe(facts.help);
      return [[name, schema instanceof z.ZodOptional ? shown.optional() : shown]];
    }),
  );
}

function shownAs(schema: z.ZodType): z.ZodType {
  const typed = typedOf(schema);
  if (typed instanceof z.ZodBoolean) return z.boolean();
  if (typed instanceof z.ZodNumber) return z.int();
  if (typed instanceof z.ZodArray) return z.array(shownAs(typed.element as z.ZodType));
  if (typed instanceof z.ZodRecord) return z.record(z.string(), shownAs(typed.valueType as z.ZodType));
  if (typed instanceof z.ZodObject)
    return z.object(shapeOf(Object.entries(typed.shape as Record<string, z.ZodType>)));
  if (typed instanceof z.ZodUnion) return oneOf(typed.options.map((option) => shownAs(option as z.ZodType)));
  return z.string();
}

/** Of a text and something else, the text is another spelling of the same value. */
function oneOf(shown: z.ZodType[]): z.ZodType {
  return shown.find((schema) => !(schema instanceof z.ZodString)) ?? z.string();
}
