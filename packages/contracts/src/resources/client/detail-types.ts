/** Checks types of authorization details as a resource registers them (RFC 9396). */
import { z } from 'zod';
import { freeText, label } from '../../values/text.ts';

/** The user reads the values: what is invisible or turns the direction of the text around would mislead (CVE-2021-42574). */
export const invisible = /[\p{C}\p{Zl}\p{Zp}]/u;

export const visibleText = label(1024).refine((value) => !invisible.test(value));
export const visibleTexts = z.array(visibleText).min(1).max(100);

/** Section 2.2. */
const commonMembers: readonly string[] = [
  'type',
  'identifier',
  'locations',
  'actions',
  'datatypes',
  'privileges',
];
const memberKinds = ['text', 'texts', 'number', 'boolean', 'object'] as const;

export const detailTypeNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}$/, 'must have 1 to 128 letters, digits or _ . : / -');

const memberName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'must have 1 to 64 letters, digits or _ -')
  .refine((name) => !commonMembers.includes(name), 'is a member of every type');

/** Requests with other members, or other values, are refused. */
export const detailTypeSchema = z
  .strictObject({
    type: detailTypeNameSchema,
    /** Text of the consent page. */
    text: freeText(500).min(1).optional(),
    /** Values that may be asked for; a request that names none asks for all of them. */
    actions: visibleTexts.optional(),
    datatypes: visibleTexts.optional(),
    privileges: visibleTexts.optional(),
    /** Whether a request may name one object. */
    identifier: z.boolean().optional(),
    /** Members of the type's own. */
    members: z.record(memberName, z.enum(memberKinds)).optional(),
    /** Members that a request must have. */
    required: z.array(label(64)).max(50).optional(),
  })
  .superRefine(({ members = {}, required = [], ...common }, context) => {
    const known = [...Object.keys(members), ...Object.keys(common), 'locations'];
    for (const name of required)
      if (!known.includes(name)) {
        const message = `${name} is not a member of this type`;
        context.addIssue({ code: 'custom', path: ['required'], message });
      }
  });

export type DetailType = z.infer<typeof detailTypeSchema>;
export type MemberKind = (typeof memberKinds)[number];
