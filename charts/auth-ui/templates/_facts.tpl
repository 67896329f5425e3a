{{/* Describes this service to the library chart. */}}
{{- define "auth-ui.facts" -}}
{{- include "gatehouse.globals" . -}}
root: /auth
paths:
  - /auth
required:
  - key: config.publicUrl
    meaning: the one public origin of the installation, such as https://login.example.com (for all services global.publicUrl)
  - key: config.authApi.url
    meaning: the base URL of Auth API in the cluster
egress: [authApi, environmentApi]
secrets:
  - name: serviceClientSecret
    env: GATEHOUSE_SERVICE_CLIENT_SECRET
{{- end }}
