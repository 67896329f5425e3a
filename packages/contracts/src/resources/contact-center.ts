/** Describes a contact centre: what administrators send, and what is told about each field. */
import { z } from 'zod';
import {
  contactCenterAuthSchema,
  contactCenterStatusSchema,
  subjectScopeSchema,
} from '../environment-api/contact-center.ts';
import { distinguishedName, nameProblem } from '../environment-api/distinguished-name.ts';
import { domainsField } from '../environment-api/domain.ts';
import { type Membership, membershipKinds } from '../environment-api/membership.ts';
import {
  attestations,
  federatedFactors,
  noSecondFactor,
  ownFactors,
  passkeyHints,
  secondFactorModes,
  syncedPasskeys,
} from '../environment-api/second-factor.ts';
import { field } from '../resource/field.ts';
import { changeShape } from '../resource/resource.ts';
import { idSchema, list, uuidText } from '../values/scalar.ts';
import { label } from '../values/text.ts';

const maxNames = 50;
const quotedKinds = membershipKinds.map((kind) => JSON.stringify(kind)).join(', ');

const membership = z
  .object({
    by: z.enum(membershipKinds, { error: `must be one of ${quotedKinds}` }),
    names: list(label(1024), maxNames, 'must be a list of names')
      .transform((names) => [...new Set(names.map((name) => name.trim()))])
      .default([]),
  })
  .superRefine(({ by, names }, context) => {
    for (const problem of namesProblems(by, names)) context.addIssue({ code: 'custom', ...problem });
  });

function namesProblems(by: Membership['by'], names: readonly string[]) {
  if (by === 'all')
    return names.length === 0
      ? []
      : [{ path: ['names'], message: 'must be left out where everybody belongs' }];
  if (names.length === 0)
    return [{ path: ['names'], message: `must hold at least one name: ${examples[by]}` }];
  const isWrong = (name: string) =>
    name === '' || (by === 'organizationalUnit' && !distinguishedName.test(name));
  return names.flatMap((name, index) =>
    isWrong(name)
      ? [{ path: ['names', index], message: name === '' ? 'must not be empty' : nameProblem }]
      : [],
  );
}

const examples: Record<Exclude<Membership['by'], 'all'>, string> = {
  tenant: 'names of tenants of the Configuration Server, such as Nordic',
  folder: 'names of folders from the top, such as Persons/Nordic',
  accessGroup: 'names of access groups, such as Nordic agents',
  organizationalUnit: 'distinguished names, such as ou=nordic,dc=example,dc=com',
};

const roles = list(label(256), maxNames, 'must be a list of names of roles')
  .transform((names) => [...new Set(names.map((name) => name.trim()))].filter((name) => name !== ''))
  .optional();
const models = list(
  z.string().regex(uuidText, 'must be an AAGUID, such as cb69481e-8ff7-4039-93ec-0a2729a154a8').toLowerCase(),
  200,
  'must be a list of AAGUIDs',
)
  .transform((aaguids) => [...new Set(aaguids)])
  .optional();
const group = 'secondFactor';

const oneOf = (names: readonly string[]) => ({
  error: `must be one of ${names.map((name) => JSON.stringify(name)).join(', ')}`,
});

/** A change keeps what it does not name: to leave something out must not make a policy weaker. */
const secondFactor = z.strictObject({
  mode: field(z.enum(secondFactorModes, oneOf(secondFactorModes)).optional(), {
    label: 'Second factor',
    help: 'Where it is required, nobody gets a session or a token without one: grants without a browser are refused, and refresh tokens of weaker sign-ins end.',
    group,
    initial: noSecondFactor.mode,
  }),
  allowedFactors: field(
    z
      .array(z.enum(ownFactors, oneOf(ownFactors)))
      .min(1, 'must name at least one factor')
      .transform((factors) => [...new Set(factors)])
      .optional(),
    {
      label: 'Factors of Gatehouse',
      help: 'Other factors of Gatehouse do not count.',
      group,
      initial: noSecondFactor.allowedFactors,
    },
  ),
  federated: field(z.enum(federatedFactors, oneOf(federatedFactors)).optional(), {
    label: 'Factors of the identity provider',
    help: 'Whether a second factor counts that the identity provider says it has seen (`mfa` in its `amr`, or its context for several factors).',
    group,
    initial: noSecondFactor.federated,
  }),
  syncedPasskeys: field(z.enum(syncedPasskeys, oneOf(syncedPasskeys)).optional(), {
    label: 'Synced passkeys',
    help: 'Whether passkeys count that their maker copies to other devices of the person.',
    group,
    initial: noSecondFactor.syncedPasskeys,
  }),
  attestation: field(z.enum(attestations, oneOf(attestations)).optional(), {
    label: 'Proof of the model of new passkeys',
    help: 'Whether a new passkey must prove the model of its authenticator (`direct`). Without the FIDO metadata of the operator nobody can make one then. Passkeys that exist go on.',
    group,
    initial: noSecondFactor.attestation,
  }),
  passkeyModels: field(models, {
    label: 'Models of new passkeys',
    help: 'AAGUIDs of the accepted models, one in each line. They need the proof of the model. Empty: all models that the FIDO metadata knows.',
    group,
    example: ['cb69481e-8ff7-4039-93ec-0a2729a154a8'],
    initial: noSecondFactor.passkeyModels,
  }),
  hints: field(
    z
      .array(z.enum(passkeyHints, oneOf(passkeyHints)))
      // One order, so that a form that shows no order changes none.
      .transform((chosen) => passkeyHints.filter((hint) => chosen.includes(hint)))
      .optional(),
    {
      label: 'Where the browser looks for a passkey',
      help: 'The browser shows these first: `security-key` for desks without telephones, `client-device` for the computer itself, `hybrid` for telephones. None: the browser decides.',
      group,
      initial: noSecondFactor.hints,
    },
  ),
  enrolmentGraceDays: field(z.int().min(0).max(365).optional(), {
    label: 'Time to set up a second factor, in days',
    help: 'People without a second factor sign in for so long after a stricter policy, and are asked to set one up. Afterwards they need an invitation.',
    group,
    initial: noSecondFactor.enrolmentGraceDays,
  }),
  rememberDays: field(z.int().min(0).max(90).optional(), {
    label: 'Time that a browser is remembered, in days',
    help: 'A person who gave a second factor may skip it in the same browser for so long. 0: never, which is right for shared desks.',
    group,
    initial: noSecondFactor.rememberDays,
  }),
  reauthenticateHours: field(z.int().min(0).max(8760).optional(), {
    label: 'Age of a second factor, in hours',
    help: 'A second factor that is older is asked for again, and refresh tokens that rest on it end. 0: it counts as long as the session.',
    group,
    initial: noSecondFactor.reauthenticateHours,
  }),
  graceHours: field(z.int().min(0).max(720).optional(), {
    label: 'Time until a stricter policy ends refresh tokens, in hours',
    help: 'Refresh tokens of sign-ins that a stricter policy would refuse work for so long after the change.',
    group,
    initial: noSecondFactor.graceHours,
  }),
  requiredRoles: field(roles, {
    label: 'Roles that need a second factor',
    help: 'People with one of these roles need one, whatever is chosen above. One in each line, as tokens name them, such as `ROLE_ADMIN`.',
    group,
    initial: noSecondFactor.requiredRoles,
  }),
  phishingResistantRoles: field(roles, {
    label: 'Roles that need a phishing-resistant factor',
    help: 'People with one of these roles need one, whatever is chosen above. One in each line, as tokens name them.',
    group,
    initial: noSecondFactor.phishingResistantRoles,
  }),
});

export const contactCenter = {
  name: 'contactCenter',
  fields: {
    id: field(idSchema.optional(), {
      label: 'Identifier',
      help: 'A UUID of your choice, such as the one that it had elsewhere. Without it Gatehouse chooses one.',
      group: 'names',
      isFixed: true,
      isColumn: true,
    }),
    environmentId: field(idSchema, {
      label: 'Environment',
      help: 'Where its people are.',
      reference: 'environment',
      group: 'people',
      isColumn: true,
    }),
    domains: field(domainsField, {
      label: 'Tenant names',
      help: 'One on each line, as people type it when they sign in. A name belongs to one contact centre only.',
      group: 'names',
      isColumn: true,
    }),
    name: field(label().optional(), {
      label: 'Name',
      help: 'The first tenant name, if you leave it empty.',
      group: 'names',
      isColumn: true,
    }),
    auth: field(
      z.enum(contactCenterAuthSchema.options, { error: 'must be "configServer"' }).default('configServer'),
      { label: 'Authentication', help: 'How its people prove who they are.', group: 'people' },
    ),
    membership: field(membership.optional(), {
      label: 'Its people',
      help: 'In an environment of its own everybody belongs to it; where contact centres share one, say whose people are whose. When fewer people belong to it, everybody of the contact centre signs in again. Only administrators of the installation change it.',
      group: 'people',
    }),
    status: field(
      z
        .enum(contactCenterStatusSchema.options, { error: 'must be "active" or "disabled"' })
        .default('active'),
      {
        label: 'Status',
        help: 'A disabled contact centre keeps what it has. Nobody can sign in to it.',
        group: 'names',
        isColumn: true,
      },
    ),
    subjectScope: field(
      z.enum(subjectScopeSchema.options, { error: 'must be "environment" or "contactCenter"' }).optional(),
      {
        label: 'Subject of a person',
        help: 'Whether its people have a `sub` of their own here, or the same one in every contact centre of the environment that says so. A change gives its people another `sub`.',
        group: 'people',
      },
    ),
    secondFactor: field(secondFactor.optional(), {
      label: 'Second factor',
      help: 'Which proofs its people need besides a password. A change keeps what it does not name.',
      group,
    }),
  },
};

export const newContactCenterSchema = z.object(contactCenter.fields);
export const contactCenterChangeSchema = z.object(changeShape(contactCenter));

/** As it is sent. */
export type NewContactCenter = z.input<typeof newContactCenterSchema>;
export type ContactCenterChange = z.input<typeof contactCenterChangeSchema>;
