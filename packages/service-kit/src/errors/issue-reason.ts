/** Tells why a schema refused a value, as far as its issue says it. */
import { type ProblemReason, problemReasons } from '@gatehouse/contracts/values';
import type { FieldProblem } from './app-error.ts';

/** Of zod: other members depend on the code. */
export interface Issue {
  code?: string | undefined;
  origin?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  expected?: unknown;
  message?: string | undefined;
  /** Of a `custom` issue. */
  params?: unknown;
  /** Of a union: the issues of each branch. */
  errors?: unknown;
}

type Why = Pick<FieldProblem, 'reason' | 'limit'>;

export function reasonOf(issue: Issue): Why {
  switch (issue.code) {
    case 'too_big':
      return bounded(issue.maximum, sizes[kindOf(issue)].most);
    case 'too_small':
      if (kindOf(issue) === 'text' && Number(issue.minimum) === 1) return { reason: 'empty' };
      return bounded(issue.minimum, sizes[kindOf(issue)].least);
    case 'invalid_type':
      return { reason: reasonOfType(issue) };
    case 'invalid_value':
      return { reason: 'not_one_of' };
    case 'invalid_format':
      return { reason: 'wrong_form' };
    case 'unrecognized_keys':
      return { reason: 'unknown_field' };
    case 'invalid_union':
      return reasonOf(firstOf(issue.errors));
    case 'custom':
      return named(issue.params);
    default:
      return {};
  }
}

const sizes = {
  text: { least: 'too_short', most: 'too_long' },
  list: { least: 'too_few', most: 'too_many' },
  number: { least: 'too_small', most: 'too_large' },
} as const;

function kindOf({ origin }: Issue): keyof typeof sizes {
  if (origin === 'string') return 'text';
  return origin === 'array' || origin === 'set' || origin === 'object' ? 'list' : 'number';
}

function bounded(limit: unknown, reason: ProblemReason): Why {
  return typeof limit === 'number' || typeof limit === 'bigint'
    ? { reason, limit: Number(limit) }
    : { reason };
}

function reasonOfType({ expected, message = '' }: Issue): ProblemReason {
  // Zod tells by its message alone that there was no value.
  if (/received undefined$/.test(message)) return 'missing';
  return expected === 'number' || expected === 'int' ? 'no_number' : 'wrong_kind';
}

/** The first branch is the usual form of the value. */
function firstOf(errors: unknown): Issue {
  const [branch] = Array.isArray(errors) ? errors : [];
  const [issue] = Array.isArray(branch) ? branch : [];
  return (issue ?? {}) as Issue;
}

/** The text of the rule itself. */
function named(params: unknown): Why {
  const { reason, limit } = (params ?? {}) as { reason?: unknown; limit?: unknown };
  const known = problemReasons.find((name) => name === reason);
  return known === undefined ? {} : bounded(limit, known);
}
