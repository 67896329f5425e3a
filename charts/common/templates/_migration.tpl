{{/*
The schema is brought up to date before the new pods start. The hook runs before the release's own objects exist,
so it brings a ConfigMap, a NetworkPolicy and, in a demo, a Secret of its own, which go away with it.
*/}}
{{- define "gatehouse.migration" -}}
{{- $values := .root.Values -}}
{{- if and $values.migration.enabled (not $values.migration.inPod) }}
{{- $name := include "gatehouse.suffixed" (merge (dict "suffix" "migration") .) -}}
{{- $base := dict "helm.sh/hook" "pre-install,pre-upgrade" "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" "helm.sh/hook-weight" "-10" -}}
{{- $hook := merge (dict "name" $name "component" "migration" "annotations" $base) . }}
{{ include "gatehouse.configMap" $hook }}
{{- if $values.secrets.create }}
---
{{ include "gatehouse.demoSecret" $hook }}
{{- end }}
{{- if $values.networkPolicy.enabled }}
---
{{ include "gatehouse.migrationPolicy" $hook }}
{{- end }}
---
{{ include "gatehouse.migrationJob" (merge (dict "annotations" (merge (dict "helm.sh/hook-weight" "-5" "helm.sh/hook-output-log-policy" "hook-failed") $base)) $hook) }}
{{- end }}
{{- end }}

{{- define "gatehouse.migrationJob" -}}
{{- $values := .root.Values -}}
{{- $account := ternary "default" (include "gatehouse.serviceAccountName" .) $values.serviceAccount.create -}}
{{- $pod := merge (dict "configMapName" .name "createdName" .name "serviceAccountName" $account "resources" $values.migration.resources) . -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "gatehouse.metadata" . | nindent 2 }}
spec:
  activeDeadlineSeconds: {{ $values.migration.timeoutSeconds }}
  backoffLimit: {{ $values.migration.backoffLimit }}
  podFailurePolicy:
    rules:
      # A drained node is no failure of the migration.
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
  template:
    metadata:
      labels:
        {{- include "gatehouse.selectorLabels" . | nindent 8 }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with $values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      restartPolicy: Never
      {{- include "gatehouse.podSpec" $pod | nindent 6 }}
      containers:
        - name: migrate
          {{- include "gatehouse.container" $pod | nindent 10 }}
          args: [migrate]
{{- end }}

{{- define "gatehouse.migrationPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "gatehouse.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "gatehouse.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  egress:
    {{- range $rule := list "dns" "postgres" }}
    {{- include "gatehouse.egressRule" (merge (dict "rule" $rule) $) | nindent 4 }}
    {{- end }}
{{- end }}
