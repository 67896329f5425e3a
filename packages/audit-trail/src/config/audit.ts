/** How long audit events are kept, and how much of a person leaves with them. */
import { optionalSecretSetting, read, setting } from '@gatehouse/service-kit/config/setting';

export const auditSettings = {
  retentionDays: setting(read.integer(1, 36_500).default(365), {
    env: 'GATEHOUSE_AUDIT_RETENTION_DAYS',
    doc: 'Age at which audit events are deleted from PostgreSQL, in days; events that Elasticsearch does not have yet are kept longer.',
  }),
  pseudonymKey: optionalSecretSetting({
    env: 'GATEHOUSE_AUDIT_PSEUDONYM_KEY',
    doc: 'Key for pseudonyms. Where it is set, user names and addresses reach Elasticsearch only as pseudonyms: equal names have equal pseudonyms, and only who has the key can find a name.',
    check: (text) => {
      if (text.length < 32) throw new Error('must have at least 32 characters');
    },
  }),
};
