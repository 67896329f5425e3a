{{/*
`helm test`: a pod of the release's own image, with its configuration, secrets, volumes and variables, asks the release what its
callers ask. The scheme is that of the pods, and the authorities are those that the service trusts.
*/}}
{{- define "gatehouse.releaseTest" -}}
{{- $values := .root.Values -}}
{{- $api := printf "%s://%s:%v" (include "gatehouse.scheme" .) (include "gatehouse.serviceName" .) $values.service.port -}}
{{- $management := printf "http://%s:8081" (include "gatehouse.suffixed" (merge (dict "suffix" "management") .)) -}}
{{- $hook := dict "helm.sh/hook" "test" "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" -}}
{{- $resources := dict "requests" (dict "cpu" "50m" "memory" "96Mi") "limits" (dict "memory" "256Mi") -}}
{{- $pod := merge (dict "configMapName" (include "gatehouse.fullname" .) "serviceAccountName" (include "gatehouse.serviceAccountName" .) "resources" $resources) . -}}
apiVersion: v1
kind: Pod
metadata:
  {{- include "gatehouse.metadata" (merge (dict "component" "test" "name" (include "gatehouse.suffixed" (merge (dict "suffix" "test") .)) "annotations" $hook) .) | nindent 2 }}
spec:
  restartPolicy: Never
  {{- include "gatehouse.podSpec" $pod | nindent 2 }}
  containers:
    - name: check-release
      {{- include "gatehouse.container" $pod | nindent 6 }}
      args: [check-release, {{ $api | quote }}, {{ $management | quote }}]
{{- end }}

{{/* What that pod may reach: this release, and Auth API where its token comes from there. Nothing reaches it. */}}
{{- define "gatehouse.releaseTestPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "gatehouse.metadata" (merge (dict "name" (include "gatehouse.suffixed" (merge (dict "suffix" "test") .))) .) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "gatehouse.selectorLabels" (merge (dict "component" "test") .) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  egress:
    {{- include "gatehouse.egressRule" (merge (dict "rule" "dns") .) | nindent 4 }}
    - ports:
        - port: 8080
          protocol: TCP
        - port: 8081
          protocol: TCP
      to:
        - podSelector:
            matchLabels:
              {{- include "gatehouse.selectorLabels" . | nindent 14 }}
    {{- if .facts.testNeedsToken }}
    {{- include "gatehouse.egressToTokens" . | nindent 4 }}
    {{- end }}
{{- end }}

{{/* Auth API without its internal listener. */}}
{{- define "gatehouse.egressToTokens" -}}
{{- $authApi := .root.Values.networkPolicy.egress.authApi -}}
- ports:
  {{- range $authApi.ports }}
  {{- if ne (int .) 8082 }}
    - port: {{ . }}
      protocol: TCP
  {{- end }}
  {{- end }}
  {{- with $authApi.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* Peers of a release that a test pod asks: its own, and those of the services that call it. */}}
{{- define "gatehouse.ingressFromTests" -}}
{{- $own := include "gatehouse.selectorLabels" (merge (dict "component" "test") .) | fromYaml -}}
- from:
    - podSelector:
        matchLabels:
          {{- toYaml $own | nindent 10 }}
  ports:
    - port: http
      protocol: TCP
    - port: management
      protocol: TCP
{{- if (.root.Values.configuration | default dict).existingConfigMap }}
- from:
    - podSelector:
        matchLabels:
          {{- include "gatehouse.selectorLabels" (merge (dict "component" "configuration") .) | nindent 10 }}
  ports:
    - port: http
      protocol: TCP
{{- end }}
{{- if .facts.issuesTokens }}
{{- with .root.Values.networkPolicy.ingress.internal }}
- from:
    {{- range . }}
    {{- $selector := deepCopy (.podSelector | default dict) }}
    - {{ merge (dict "podSelector" (merge (dict "matchLabels" (merge (dict "app.kubernetes.io/component" "test") ($selector.matchLabels | default dict))) $selector)) (deepCopy .) | toYaml | nindent 6 | trim }}
    {{- end }}
  ports:
    - port: http
      protocol: TCP
{{- end }}
{{- end }}
{{- end }}
