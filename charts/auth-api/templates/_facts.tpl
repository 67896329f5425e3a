{{/* Describes this service to the library chart. */}}
{{- define "auth-api.facts" -}}
{{- include "gatehouse.globals" . -}}
root: /auth/v3
paths:
  - /auth/v3/.well-known
  - /auth/v3/approvals
  - /auth/v3/branding/images
  - /auth/v3/auth-scheme
  - /auth/v3/change-password
  - /auth/v3/consents
  - /auth/v3/factors
  - /auth/v3/first-password
  - /auth/v3/jwt-userinfo
  - /auth/v3/oauth
  - /auth/v3/openapi.json
  - /auth/v3/openid
  - /auth/v3/passkey-sign-in
  - /auth/v3/ping
  - /auth/v3/saml
  - /auth/v3/second-step
  - /auth/v3/sessions
  - /auth/v3/sign-in
  - /auth/v3/sign-out
  - /auth/v3/sso
  - /auth/v3/userinfo
  - /.well-known/openid-configuration/auth/v3
  - /.well-known/oauth-authorization-server/auth/v3
  - /.well-known/oauth-protected-resource/auth/v3
opsPath: /auth/v3/ops
internal: true
required:
  - key: config.publicUrl
    meaning: the one public origin of the installation, such as https://login.example.com (for all services global.publicUrl)
  - key: config.environmentApi.url
    meaning: the base URL of Environment API in the cluster
issuesTokens: true
egress: [configServer, ldap, environmentApi, consul, elasticsearch, auditForward, alertsWebhook, alertsMail, redis, postgres, outbound]
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
  - name: alertsWebhookSecret
    env: GATEHOUSE_ALERTS_WEBHOOK_SECRET
  - name: alertsMailPassword
    env: GATEHOUSE_ALERTS_MAIL_PASSWORD
  - name: registrationToken
    env: GATEHOUSE_REGISTRATION_TOKEN
{{- end }}
