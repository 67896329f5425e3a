{{/* Network policies: refuse every connection that is not listed, in both directions. Numbers in values.yaml are those of the connections table. */}}
{{- define "gatehouse.networkPolicies" -}}
{{- $policy := .root.Values.networkPolicy -}}
{{- if $policy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "gatehouse.metadata" (merge (dict "name" (include "gatehouse.suffixed" (merge (dict "suffix" "ingress") .))) .) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "gatehouse.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress]
  ingress:
    {{- range $port := list "http" "internal" "management" }}
    {{- with index $policy.ingress $port }}
    - from:
        {{- toYaml . | nindent 8 }}
      ports:
        - port: {{ $port }}
          protocol: TCP
    {{- end }}
    {{- end }}
    {{- include "gatehouse.ingressFromTests" . | nindent 4 }}
    {{- with $policy.ingress.extra }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "gatehouse.metadata" (merge (dict "name" (include "gatehouse.suffixed" (merge (dict "suffix" "egress") .))) .) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "gatehouse.selectorLabels" . | nindent 6 }}
  policyTypes: [Egress]
  egress:
    {{- range $rule := concat (list "dns") .facts.egress }}
    {{- if or (not (has $rule (list "environmentApi" "ldap" "consul" "elasticsearch" "auditForward" "alertsWebhook" "alertsMail"))) (and (eq $rule "environmentApi") $.root.Values.config.environmentApi.url) (and (eq $rule "ldap") $policy.egress.ldap.ports) (and (eq $rule "consul") $.root.Values.consul.url) (and (eq $rule "elasticsearch") $.root.Values.elasticsearch.nodes) (and (eq $rule "auditForward") $.root.Values.auditForward.url) (and (eq $rule "alertsWebhook") $.root.Values.alerts.webhookUrl) (and (eq $rule "alertsMail") $.root.Values.alerts.mailServer) }}
    {{- include "gatehouse.egressRule" (merge (dict "rule" $rule) $) | nindent 4 }}
    {{- end }}
    {{- end }}
    {{- with $policy.egress.extra }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
---
{{ include "gatehouse.releaseTestPolicy" . }}
{{- end }}
{{- end }}

{{/* One egress rule. Peers come from values, ports from the connection's own values. Without peers, any address on these ports is allowed. */}}
{{- define "gatehouse.egressRule" -}}
{{- $rule := index .root.Values.networkPolicy.egress .rule -}}
- ports:
  {{- range (include "gatehouse.egressPorts" . | fromYaml).ports }}
    - port: {{ . }}
      protocol: TCP
  {{- if eq $.rule "dns" }}
    - port: {{ . }}
      protocol: UDP
  {{- end }}
  {{- end }}
  {{- with $rule.to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "gatehouse.egressPorts" -}}
{{- $values := .root.Values -}}
{{- $ports := (index $values.networkPolicy.egress .rule).ports | default list -}}
{{- if eq .rule "postgres" -}}
{{- $ports = list (int $values.postgres.port) -}}
{{- if $values.postgres.primaryHost -}}
{{- $ports = append $ports (int $values.postgres.primaryPort) -}}
{{- end -}}
{{- else if eq .rule "consul" -}}
{{- $ports = list (include "gatehouse.portOfUrl" $values.consul.url | int) -}}
{{- else if eq .rule "auditForward" -}}
{{- $ports = list (include "gatehouse.portOfUrl" $values.auditForward.url | int) -}}
{{- else if eq .rule "alertsWebhook" -}}
{{- $ports = list (include "gatehouse.portOfUrl" $values.alerts.webhookUrl | int) -}}
{{- else if eq .rule "alertsMail" -}}
{{- $ports = list (include "gatehouse.portOfUrl" $values.alerts.mailServer | int) -}}
{{- else if eq .rule "elasticsearch" -}}
{{- range $values.elasticsearch.nodes -}}
{{- $ports = append $ports (include "gatehouse.portOfUrl" . | int) -}}
{{- end -}}
{{- else if eq .rule "redis" -}}
{{- $addresses := concat $values.redis.clusterNodes $values.redis.sentinels | default (list (urlParse $values.redis.url).host) -}}
{{- if and $values.redis.sentinels (not $ports) -}}
{{- $ports = list 6379 -}}
{{- end -}}
{{- range $addresses -}}
{{- $ports = append $ports (regexFind "[0-9]+$" (regexFind ":[0-9]+$" .) | default "6379" | int) -}}
{{- end -}}
{{- end -}}
{{- toYaml (dict "ports" (uniq $ports)) -}}
{{- end }}

{{/* The port in an address, or the default port of its scheme. */}}
{{- define "gatehouse.portOfUrl" -}}
{{- $address := urlParse . -}}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" $address.host) | default (get (dict "https" "443" "syslog+tls" "6514" "smtp" "587" "smtps" "465") $address.scheme | default "80") -}}
{{- end }}
