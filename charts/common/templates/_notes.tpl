{{- define "gatehouse.notes" -}}
{{- $values := .root.Values -}}
{{ .root.Chart.Name }} {{ $values.image.tag | default .root.Chart.AppVersion }} is installed in namespace {{ .root.Release.Namespace }}.

In the cluster:   {{ include "gatehouse.scheme" . }}://{{ include "gatehouse.serviceName" . }}.{{ .root.Release.Namespace }}:{{ $values.service.port }}{{ .facts.root }}
{{- range include "gatehouse.publications" . | fromJsonArray }}
{{ . }}
{{- else }}
From outside:     not published: neither an Ingress (ingress.enabled) nor a route (gateway.enabled) leads here
{{- end }}

Wait until it is ready, then read its checks:
  kubectl -n {{ .root.Release.Namespace }} rollout status deployment/{{ include "gatehouse.fullname" . }}
  helm test {{ .root.Release.Name }} --namespace {{ .root.Release.Namespace }}
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
{{- if and (or $values.ingress.enabled $values.internalIngress.enabled $values.gateway.enabled) (not $values.config.http.trustedProxies) }}

WARNING: it is behind an ingress or a gateway, and config.http.trustedProxies is empty. To the service all callers then have the address of the proxy, and
share its limits: somebody who guesses passwords keeps others out. Set it to the addresses of the proxy's pods, such as [10.0.0.0/8].
{{- end }}
{{- if and (hasKey $values "migration") (not $values.migration.enabled) }}

NOTE: migration.enabled is false. Run `migrate` yourself before pods of a new version start.
{{- end }}
{{- end }}

{{/* One line for each way from outside the cluster, as a JSON list. */}}
{{- define "gatehouse.publications" -}}
{{- $values := .root.Values -}}
{{- $root := .facts.root -}}
{{- $lines := list -}}
{{- if $values.ingress.enabled -}}
{{- $scheme := ternary "https" "http" $values.ingress.tls.enabled -}}
{{- range include "gatehouse.publicHosts" (merge (dict "hosts" $values.ingress.hosts) .) | fromJsonArray -}}
{{- $lines = append $lines (printf "From outside:     %s://%s%s (Ingress)" $scheme . $root) -}}
{{- end -}}
{{- end -}}
{{- if $values.gateway.enabled -}}
{{- $gateways := list -}}
{{- range $values.gateway.parentRefs -}}{{- $gateways = append $gateways .name -}}{{- end -}}
{{- range include "gatehouse.publicHosts" (merge (dict "hosts" $values.gateway.hosts) .) | fromJsonArray -}}
{{- $lines = append $lines (printf "From outside:     https://%s%s, where the gateway %s accepts the route and ends TLS" . $root (join ", " $gateways)) -}}
{{- end -}}
{{- end -}}
{{- if $values.internalIngress.enabled -}}
{{- $scheme := ternary "https" "http" $values.internalIngress.tls.enabled -}}
{{- range $values.internalIngress.hosts -}}
{{- $lines = append $lines (printf "In the company:   %s://%s%s (Ingress)" $scheme . $root) -}}
{{- end -}}
{{- end -}}
{{- toJson $lines -}}
{{- end }}
