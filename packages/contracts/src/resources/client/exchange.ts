/** Describes which tokens and assertions of others a client may exchange, and what it is to others as a resource. */
import { z } from 'zod';
import { field } from '../../resource/field.ts';
import { freeText } from '../../values/text.ts';
import { detailTypeSchema } from './detail-types.ts';
import { anyPublicKey, jwtIssuersOf, samlIssuersOf } from './issuers.ts';
import { audienceSchema, clientIdSchema, resourceAddressRule } from './values.ts';

const tokenExchange = z.strictObject({
  subjectClients: field(z.array(clientIdSchema).max(1000).default([]), {
    label: 'Whose tokens',
    help: 'The applications whose tokens it may exchange, by their client ids.',
    reference: 'client',
    group: 'exchange',
  }),
  audiences: field(z.array(clientIdSchema).max(1000).default([]), {
    label: 'For whom',
    help: 'The APIs for which it may get tokens, by their client ids. For itself it always may.',
    reference: 'client',
    group: 'exchange',
  }),
  delegation: field(z.boolean().default(false), {
    label: 'On behalf of people',
    help: 'It may present its own token beside that of the person; the new token then names both.',
    group: 'exchange',
  }),
  idTokens: field(z.boolean().default(false), {
    label: 'ID tokens',
    help: 'It may present ID tokens.',
    group: 'exchange',
  }),
  refreshTokens: field(z.boolean().default(false), {
    label: 'Refresh tokens',
    help: 'It may ask for refresh tokens.',
    group: 'exchange',
  }),
  mayAct: field(clientIdSchema.optional(), {
    label: 'Who may act',
    help: 'The one client that may act for people with tokens of this client (`may_act`, RFC 8693 section 4.4).',
    reference: 'client',
    group: 'exchange',
  }),
});

/** Exchange. */
export const exchange = {
  tokenExchange: field(tokenExchange, {
    label: 'Token exchange',
    help: 'Whose tokens it may exchange for which audiences (RFC 8693); empty lists refuse everything.',
    group: 'exchange',
    initial: { subjectClients: [], audiences: [], delegation: false },
  }),
  resources: field(z.array(z.url(resourceAddressRule).max(512)).max(100), {
    label: 'Addresses',
    help: 'Under which `resource` others may name it as audience (RFC 8707), such as https://api.example.com/calls, one in each line. Without any they name its client id.',
    group: 'exchange',
    example: ['https://api.example.com/calls'],
    initial: [],
  }),
  openResources: field(z.boolean(), {
    label: 'Open to every application',
    help: 'Every client may ask for tokens for its addresses, also one that registered itself. Otherwise those that name it in `audiences`.',
    group: 'exchange',
    initial: false,
  }),
  audiences: field(z.array(audienceSchema).max(20), {
    label: 'APIs of its tokens',
    help: 'Client ids or addresses of APIs, one in each line: `aud` of its access tokens contains them where a request names no `resource`, and a request may name each. With any, our own APIs take its tokens only if its client id is among them.',
    group: 'exchange',
    example: ['https://api.example.com/calls'],
    initial: [],
  }),
  detailTypes: field(z.array(detailTypeSchema).max(50), {
    label: 'Types of authorization details',
    help: 'Types of `authorization_details` (RFC 9396) that it understands as a resource: what a request may contain, and the text of the consent page.',
    group: 'exchange',
    initial: [],
  }),
  jwtBearer: field(jwtIssuersOf(anyPublicKey), {
    label: 'Issuers of JWT assertions',
    help: 'Whose assertions it may turn into tokens (RFC 7523), each issuer with its keys.',
    group: 'exchange',
    initial: { issuers: [] },
  }),
  samlBearer: field(samlIssuersOf(freeText(8192)), {
    label: 'Issuers of SAML assertions',
    help: 'Whose SAML assertions it may turn into tokens (RFC 7522), each issuer with its certificates.',
    group: 'exchange',
    initial: { issuers: [] },
  }),
};
