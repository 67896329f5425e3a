/** Whom a sign-in means, what it allows, and how often it may be tried. */
import { read, setting } from '@gatehouse/service-kit/config/setting';
import { z } from 'zod';
import { mappingProblem } from '../users/authorities.ts';
import { patternProblem } from '../users/login-name.ts';
import { attemptSettings } from './attempts.ts';

export const signInSettings = {
  authorityMapping: setting(
    read
      .list()
      .superRefine((entries, context) => {
        for (const entry of entries) {
          const problem = mappingProblem(entry);
          if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
        }
      })
      .default([]),
    {
      env: 'GATEHOUSE_AUTHORITY_MAPPING',
      doc: 'Authorities that access groups and roles of the Configuration Server give, separated by commas.',
      example: 'group:Supervisors=ROLE_SUPERVISOR,role:Quality=ROLE_QUALITY',
    },
  ),
  defaultTenant: setting(z.string().min(1).max(255).optional(), {
    env: 'GATEHOUSE_DEFAULT_TENANT',
    doc: 'Domain of the contact centre when a user names no tenant; for installations with one contact centre.',
  }),
  userNamePatterns: setting(
    read
      .list()
      .superRefine((entries, context) => {
        for (const entry of entries) {
          const problem = patternProblem(entry);
          if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
        }
      })
      .default([]),
    {
      env: 'GATEHOUSE_USER_NAME_PATTERNS',
      doc: 'Patterns that give the tenant of a user name that is typed without one, separated by commas. The first match counts, before the default tenant.',
      example: '{user}@{tenant},ndc-*=nordic',
    },
  ),
  ...attemptSettings,
};
