/** Describes the TLS of the links of an environment: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { freeText, label } from '../values/text.ts';

const hostName = /^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/;

const mutual = {
  cert: field(freeText(16_384), {
    label: 'Client certificate',
    help: 'The certificate of Gatehouse, in PEM, its chain after it, for servers that ask for one. Empty: none is shown.',
    group: 'encryption',
  }),
  key: field(freeText(16_384).min(1, 'must not be empty').optional(), {
    label: 'Private key of the client certificate',
    help: 'Private key of the certificate of Gatehouse, in PEM, without a passphrase. Stored encrypted, and shown nowhere.',
    group: 'encryption',
    isSecret: true,
  }),
};

/** Environment API also checks that certificates are some: pages and programs need not load a parser of them. */
export const tlsFields = {
  ca: field(freeText(32_768).nullish(), {
    label: 'Certificate authorities',
    help: 'Authorities of the certificates of the servers, in PEM. Empty: those of the system.',
    group: 'encryption',
    isClearable: true,
  }),
  serverName: field(label().regex(hostName, 'must be a host name or an IP address').nullish(), {
    label: 'Name in the certificate',
    help: 'The name in the certificates of the servers, where it is not their address.',
    group: 'encryption',
    isClearable: true,
  }),
  mutual: field(z.object(mutual).nullish(), {
    label: 'Client certificate',
    help: 'For servers that ask for a client certificate.',
    group: 'encryption',
    isClearable: true,
  }),
};
