/** Makes the inputs of a form from the description of a resource. */
import { type Input as DescribedInput, inputsOf } from '@gatehouse/contracts/resource/inputs';
import type { Resource } from '@gatehouse/contracts/resource/resource';
import { helpKey, labelKey } from '@gatehouse/contracts/resource/texts';
import type { TextKey } from '../../texts/texts.ts';
import { type Input, shownIn } from './inputs.ts';

interface GroupedInput extends Input {
  group: string;
}

/** Of a change: what is fixed is not asked for, and a secret has pages of its own. */
export function describedInputs(resource: Resource): GroupedInput[] {
  return inputsOf(resource)
    .filter(({ facts }) => !facts.isFixed && !facts.isSecret)
    .map((described) => inputOf(resource, described));
}

function inputOf({ name }: Resource, described: DescribedInput): GroupedInput {
  const { path, facts, kind, options, isOptional, maxLength } = described;
  const { group, initial, isClearable } = facts;
  const isEmpty = initial === '' || (Array.isArray(initial) && initial.length === 0);
  return {
    path,
    kind,
    group,
    label: labelKey(name, path) as TextKey,
    hint: helpKey(name, path) as TextKey,
    isRequired: !isOptional && !isEmpty,
    ...(options.length > 0 && { options: options.map((value) => ({ value })) }),
    empty: isClearable ? 'clear' : isOptional ? 'leave' : undefined,
    ...(initial !== undefined && { initial: shownIn(kind, initial) }),
    look: { ...(kind === 'lines' && { isCode: true }), ...(maxLength !== undefined && { maxLength }) },
  };
}
