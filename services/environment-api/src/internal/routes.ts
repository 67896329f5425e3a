/** Routes below `/internal` by which Auth API reads contact centres and environments; for internal clients only. */

import { envelopeOf } from '@gatehouse/contracts/answers';
import {
  type BrandingView,
  type ContactCenterView,
  contactCenterViewSchema,
  environmentContactCentersSchema,
  environmentViewSchema,
  locationField,
} from '@gatehouse/contracts/environment-api';
import { definedOnly, label } from '@gatehouse/contracts/values';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { type App, etagOf, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, sendUnchanged } from '../answers.ts';
import type { BrandingService } from '../branding/service.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { environmentViewOf } from '../environments/environment.ts';
import type { EnvironmentService } from '../environments/service.ts';
import { effectiveTexts } from '../settings/inheritance.ts';
import type { SettingService } from '../settings/service.ts';
import type { ContactCenterWithSettings } from '../settings/store.ts';

const tags = ['internal'];
const params = z.object({ id: z.string() });
const location = locationField.describe('Whose settings are effective.');

export function internalRoutes(
  internal: App,
  {
    environments,
    contactCenters,
    settings,
    branding,
  }: {
    environments: EnvironmentService;
    contactCenters: ContactCenterService;
    settings: SettingService;
    branding: BrandingService;
  },
): void {
  internal.get(
    '/contact-centers',
    {
      schema: {
        tags,
        operationId: 'findContactCenter',
        summary: 'The contact centre with a tenant name, in any case',
        querystring: z.object({ domain: label(), location }),
        response: { 200: envelopeOf(contactCenterViewSchema), ...failures },
      },
    },
    async (request, reply) => {
      const { domain, location: at } = request.query;
      const found = await settings.listByDomain(domain, at);
      if (sendUnchanged(request, reply, etagOf(versionOf(found)))) return reply as never;
      return ok(contactCenterViewOf(found, await branding.view(found.center.id, at)));
    },
  );

  internal.get(
    '/contact-centers/:id',
    {
      schema: {
        tags,
        operationId: 'viewContactCenter',
        summary: 'A contact centre with its effective settings',
        params,
        querystring: z.object({ location }),
        response: { 200: envelopeOf(contactCenterViewSchema), ...failures },
      },
    },
    async (request, reply) => {
      const found = await settings.list(request.caller, request.params.id, request.query.location);
      if (sendUnchanged(request, reply, etagOf(versionOf(found)))) return reply as never;
      return ok(contactCenterViewOf(found, await branding.view(found.center.id, request.query.location)));
    },
  );

  internal.get(
    '/environments/:id',
    {
      schema: {
        tags,
        operationId: 'viewEnvironment',
        summary: 'An environment with its sealed password',
        params,
        response: { 200: envelopeOf(environmentViewSchema), ...failures },
      },
    },
    async (request, reply) => {
      const environment = await environments.read(request.params.id);
      if (sendUnchanged(request, reply, etagOf(environment.version))) return reply as never;
      return ok(environmentViewOf(environment));
    },
  );

  internal.get(
    '/environments/:id/contact-centers',
    {
      schema: {
        tags,
        operationId: 'listContactCentersOfEnvironment',
        summary: 'The contact centres of an environment, and within what their subjects name one person',
        params,
        response: { 200: envelopeOf(environmentContactCentersSchema), ...failures },
      },
    },
    async (request, reply) => {
      const found = await contactCenters.ofEnvironment(request.params.id);
      if (sendUnchanged(request, reply, `"${sha256(JSON.stringify(found))}"`)) return reply as never;
      return ok(found);
    },
  );
}

/** `settings` are the effective ones: one per name. */
function contactCenterViewOf(
  found: ContactCenterWithSettings,
  branding: BrandingView | undefined,
): ContactCenterView {
  const { id, name, environmentId, domains, auth, membership, status, subjectScope } = found.center;
  const settings = effectiveTexts(found.settings);
  const version = versionOf(found);
  const place = { id, name, environmentId, domains, auth, membership, status, subjectScope };
  const { secondFactorRaisedAt } = found.center;
  const secondFactor = definedOnly({
    ...found.center.secondFactor,
    raisedAt: secondFactorRaisedAt ?? undefined,
  });
  return { ...place, secondFactor, version, settings, ...definedOnly({ branding }) };
}

/** Both versions come from one sequence, so the greater one changes when either does. */
function versionOf(found: ContactCenterWithSettings): number {
  return Math.max(found.center.version, found.global.version);
}
