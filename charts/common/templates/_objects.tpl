{{- define "gatehouse.serviceAccount" -}}
{{- if .root.Values.serviceAccount.create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "gatehouse.metadata" (merge (dict "name" (include "gatehouse.serviceAccountName" .) "annotations" .root.Values.serviceAccount.annotations) .) | nindent 2 }}
automountServiceAccountToken: false
{{- end }}
{{- end }}

{{- define "gatehouse.secret" -}}
{{- if .root.Values.secrets.create }}
{{- include "gatehouse.demoSecret" . }}
{{- end }}
{{- end }}

{{- define "gatehouse.extraObjects" -}}
{{- range .root.Values.extraObjects }}
---
{{ toYaml . }}
{{- end }}
{{- end }}
