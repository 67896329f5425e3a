{{- define "gatehouse.notes" -}}
{{- $values := .root.Values -}}
{{ .root.Chart.Name }} {{ $values.image.tag | default .root.Chart.AppVersion }} is installed in namespace {{ .root.Release.Namespace }}.

In the cluster:   http://{{ include "gatehouse.serviceName" . }}.{{ .root.Release.Namespace }}:{{ $values.service.port }}{{ .facts.root }}
{{- if $values.ingress.enabled }}
From outside:     {{ $values.config.publicUrl | default (printf "https://%s" (first $values.ingress.hosts)) }}{{ .facts.root }}
{{- else }}
From outside:     not published (ingress.enabled is false)
{{- end }}

Wait until it is ready, then read its checks:
  kubectl -n {{ .root.Release.Namespace }} rollout status deployment/{{ include "gatehouse.fullname" . }}
  kubectl -n {{ .root.Release.Namespace }} port-forward service/{{ include "gatehouse.suffixed" (merge (dict "suffix" "management") .) }} 8081:8081
  curl http://127.0.0.1:8081/health
{{- if $values.secrets.create }}

WARNING: the secrets came with the values and are stored in the release. Use this for demos only; otherwise set secrets.existingSecret.
{{- else }}

A changed Secret takes effect when the pods restart:
  kubectl -n {{ .root.Release.Namespace }} rollout restart deployment/{{ include "gatehouse.fullname" . }}
{{- end }}
{{- if and $values.serviceMonitor.enabled (not (.root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}

NOTE: serviceMonitor.enabled is true, but this cluster does not know monitoring.coreos.com/v1. Install the Prometheus operator and upgrade.
{{- end }}
{{- if and (or $values.ingress.enabled $values.internalIngress.enabled) (not $values.config.http.trustedProxies) }}

WARNING: it is behind an ingress, and config.http.trustedProxies is empty. To the service all callers then have the address of the ingress, and share
its limits: somebody who guesses passwords keeps others out. Set it to the addresses of the ingress controller's pods, such as [10.0.0.0/8].
{{- end }}
{{- if and (hasKey $values "migration") (not $values.migration.enabled) }}

NOTE: migration.enabled is false. Run `migrate` yourself before pods of a new version start.
{{- end }}
{{- end }}
