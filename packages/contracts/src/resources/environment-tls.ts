/** Describes the TLS of the links of an environment: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { freeText, label } from '../text.ts';

const hostName = /^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/;

const mutual = {
  cert: field(freeText(16_384), {
    label: 'Client certificate',
    help: 'Certificate that is shown to the servers, in PEM, its chain after it.',
    group: 'encryption',
  }),
  key: field(freeText(16_384).min(1, 'must not be empty').optional(), {
    label: 'Private key of the client certificate',
    help: 'Its private key, in PEM, without a passphrase. Write-only; may be left out while it stays.',
    group: 'encryption',
    isSecret: true,
  }),
};

/** Environment API also checks that certificates are some: pages and programs need not load a parser of them. */
export const tlsFields = {
  ca: field(freeText(32_768).nullish(), {
    label: 'Certificate authorities',
    help: "Authorities of the servers' certificates, in PEM; those of the system without it.",
    group: 'encryption',
    isClearable: true,
  }),
  serverName: field(label().regex(hostName, 'must be a host name or an IP address').nullish(), {
    label: 'Name in the certificate',
    help: "Name in the servers' certificates, where it is not the address.",
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
