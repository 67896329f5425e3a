{{/* Recording and alert rules, where the Prometheus operator is installed. The file is plain Prometheus, so tests use it directly. */}}
{{- define "gatehouse.prometheusRule" -}}
{{- $rule := .root.Values.prometheusRule -}}
{{- if and $rule.enabled (.root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1") }}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ include "gatehouse.fullname" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "gatehouse.labels" . | nindent 4 }}
    {{- with $rule.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- .root.Files.Get "monitoring/rules.yaml" | nindent 2 }}
{{- end }}
{{- end }}

{{/* Dashboards for Grafana's sidecar, which finds them by their label. */}}
{{- define "gatehouse.dashboards" -}}
{{- $dashboards := .root.Values.dashboards -}}
{{- if $dashboards.enabled }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "gatehouse.suffixed" (merge (dict "suffix" "dashboards") .) }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "gatehouse.labels" . | nindent 4 }}
    {{- with $dashboards.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
data:
  {{- range $path, $_ := .root.Files.Glob "monitoring/*.json" }}
  {{ base $path }}: |
    {{- $.root.Files.Get $path | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
