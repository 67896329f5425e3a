{{/* The route of the Gateway API: the hosts and paths of the public Ingress, for clusters that have a gateway instead of an ingress controller. */}}
{{- define "gatehouse.route" -}}
{{- $values := .root.Values -}}
{{- $gateway := $values.gateway -}}
{{- if $gateway.enabled }}
{{- if not $gateway.parentRefs }}{{ fail "gateway.parentRefs is missing: the gateways that the route joins, such as [{name: public, namespace: gateways}]" }}{{ end }}
{{- $hosts := include "gatehouse.publicHosts" (merge (dict "hosts" $gateway.hosts) .) | fromJsonArray }}
{{- if not $hosts }}{{ fail "gateway.hosts is missing: the host names it answers for" }}{{ end }}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  {{- include "gatehouse.metadata" (merge (dict "annotations" $gateway.annotations) .) | nindent 2 }}
spec:
  parentRefs:
    {{- toYaml $gateway.parentRefs | nindent 4 }}
  hostnames:
    {{- toYaml $hosts | nindent 4 }}
  rules:
    - matches:
        {{- range include "gatehouse.publishedPaths" (dict "facts" .facts "section" $gateway) | fromJsonArray }}
        - path:
            type: PathPrefix
            value: {{ . }}
        {{- end }}
        {{- if get $gateway "publishFrontPage" | default false }}
        - path:
            type: Exact
            value: /
        {{- end }}
      backendRefs:
        - name: {{ include "gatehouse.serviceName" . }}
          port: {{ $values.service.port }}
{{- end }}
{{- end }}
