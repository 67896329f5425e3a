{{/* Describes this service to the library chart. */}}
{{- define "environment-api.facts" -}}
{{- include "gatehouse.globals" . -}}
root: /environment/v3
paths:
  - /environment/v3
  - /.well-known/oauth-protected-resource/environment/v3
internal: true
required:
  - key: config.authApi.url
    meaning: the base URL of Auth API in the cluster
testNeedsToken: true
egress: [configServer, ldap, authApi, consul, elasticsearch, auditForward, redis, postgres]
secrets:
  - name: opsPassword
    env: GATEHOUSE_OPS_PASSWORD
  - name: serviceClientSecret
    env: GATEHOUSE_SERVICE_CLIENT_SECRET
  - name: encryptionKeys
    env: GATEHOUSE_ENCRYPTION_KEYS
  - name: postgresPassword
    env: GATEHOUSE_POSTGRES_PASSWORD
    connection: postgres
  - name: redisPassword
    env: GATEHOUSE_REDIS_PASSWORD
    connection: redis
  - name: redisSentinelPassword
    env: GATEHOUSE_REDIS_SENTINEL_PASSWORD
  - name: consulToken
    env: GATEHOUSE_CONSUL_TOKEN
  - name: consulKey
    env: GATEHOUSE_CONSUL_KEY
  - name: elasticsearchPassword
    env: GATEHOUSE_ELASTICSEARCH_PASSWORD
  - name: elasticsearchApiKey
    env: GATEHOUSE_ELASTICSEARCH_API_KEY
  - name: auditForwardSecret
    env: GATEHOUSE_AUDIT_FORWARD_SECRET
  - name: auditForwardKey
    env: GATEHOUSE_AUDIT_FORWARD_KEY
  - name: auditPseudonymKey
    env: GATEHOUSE_AUDIT_PSEUDONYM_KEY
{{- end }}
