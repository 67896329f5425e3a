{{/* The public Ingress and the internal one: the same paths for other hosts. Paths of the operator are among them only by publishOps, the host itself only by publishFrontPage. */}}
{{- define "gatehouse.ingresses" -}}
{{- $values := .root.Values -}}
{{- if $values.ingress.enabled }}
{{- $hosts := include "gatehouse.publicHosts" (merge (dict "hosts" $values.ingress.hosts) .) | fromJsonArray }}
{{ include "gatehouse.ingress" (merge (dict "ingress" (merge (dict "hosts" $hosts) $values.ingress) "section" "ingress" "name" (include "gatehouse.fullname" .)) .) }}
{{- end }}
{{- if $values.internalIngress.enabled }}
---
{{ include "gatehouse.ingress" (merge (dict "ingress" $values.internalIngress "section" "internalIngress" "name" (include "gatehouse.suffixed" (merge (dict "suffix" "internal") .))) .) }}
{{- end }}
{{- end }}

{{/* Hosts of the values, or else the host of the public URL. */}}
{{- define "gatehouse.publicHosts" -}}
{{- $hosts := .hosts -}}
{{- if and (not $hosts) .root.Values.config.publicUrl -}}
{{- $hosts = list (regexReplaceAll ":[0-9]+$" (urlParse .root.Values.config.publicUrl).host "") -}}
{{- end -}}
{{- toJson ($hosts | default list) -}}
{{- end }}

{{/* Prefixes of the paths that a section (ingress, internalIngress, gateway) publishes. */}}
{{- define "gatehouse.publishedPaths" -}}
{{- toJson (concat .facts.paths (ternary (list .facts.opsPath) list (get .section "publishOps" | default false))) -}}
{{- end }}

{{- define "gatehouse.ingress" -}}
{{- $scope := . -}}
{{- if not .ingress.hosts }}{{ fail (printf "%s.hosts is missing: the host names it answers for" .section) }}{{ end -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "gatehouse.metadata" (merge (dict "annotations" .ingress.annotations) .) | nindent 2 }}
spec:
  {{- with .ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- if .ingress.tls.enabled }}
  tls:
    - hosts:
        {{- toYaml .ingress.hosts | nindent 8 }}
      {{- with .ingress.tls.secretName }}
      secretName: {{ . }}
      {{- end }}
  {{- end }}
  rules:
    {{- range .ingress.hosts }}
    - host: {{ . | quote }}
      http:
        paths:
          {{- range include "gatehouse.publishedPaths" (dict "facts" $scope.facts "section" $scope.ingress) | fromJsonArray }}
          - path: {{ . }}
            pathType: Prefix
            backend:
              service:
                name: {{ include "gatehouse.serviceName" $scope }}
                port:
                  name: http
          {{- end }}
          {{- if get $scope.ingress "publishFrontPage" | default false }}
          - path: /
            pathType: Exact
            backend:
              service:
                name: {{ include "gatehouse.serviceName" $scope }}
                port:
                  name: http
          {{- end }}
    {{- end }}
{{- end }}
