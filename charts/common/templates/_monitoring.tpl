{{/* ServiceMonitor, only where the Prometheus operator is installed: elsewhere the object would fail the release. */}}
{{- define "gatehouse.serviceMonitor" -}}
{{- $monitor := .root.Values.serviceMonitor -}}
{{- if and $monitor.enabled (.root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1") }}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "gatehouse.fullname" . }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "gatehouse.labels" . | nindent 4 }}
    {{- with $monitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  # The label job is the name of the service, not of the release.
  jobLabel: app.kubernetes.io/name
  selector:
    matchLabels:
      {{- include "gatehouse.selectorLabels" (merge (dict "component" "management") .) | nindent 6 }}
  namespaceSelector:
    matchNames: [{{ .root.Release.Namespace }}]
  endpoints:
    - port: management
      path: /metrics
      interval: {{ $monitor.interval }}
      scrapeTimeout: {{ $monitor.scrapeTimeout }}
      {{- with $monitor.relabelings }}
      relabelings:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $monitor.metricRelabelings }}
      metricRelabelings:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end }}
{{- end }}
