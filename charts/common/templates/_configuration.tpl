{{/* Writes the service's configuration file and checks the rules that only the chart can check. */}}

{{- define "gatehouse.configuration" -}}
{{- include "gatehouse.checkValues" . -}}
{{- $values := .root.Values -}}
{{- $config := deepCopy $values.config -}}
{{- $listen := dict "host" "0.0.0.0" "port" 8080 "managementHost" "0.0.0.0" "managementPort" 8081 -}}
{{- $_ := set $config "http" (merge $listen ($config.http | default dict)) -}}
{{- if .facts.internal -}}
{{- $_ := set $config "internal" (merge (dict "host" "0.0.0.0" "port" 8082) ($config.internal | default dict)) -}}
{{- end -}}
{{- /* Where pods speak HTTPS, all listeners do. The default addresses follow; an address of the installation's own stays. */ -}}
{{- if eq (include "gatehouse.scheme" .) "https" -}}
{{- range $peer := list "authApi" "environmentApi" -}}
{{- $api := get $config $peer | default dict -}}
{{- range $key := list "url" "internalUrl" -}}
{{- $address := get $api $key | default "" -}}
{{- if regexMatch "^http://(auth|environment)-api(-internal)?$" $address -}}
{{- $_ := set $api $key (printf "%s:80" (replace "http://" "https://" $address)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- /* Auth UI runs without it: then there is no console. */ -}}
{{- if and (hasKey $config "environmentApi") (not $config.environmentApi.url) -}}
{{- $_ := unset $config "environmentApi" -}}
{{- end -}}
{{- range $connection := list "postgres" "redis" "consul" "elasticsearch" "auditForward" "alerts" -}}
{{- if hasKey $values $connection -}}
{{- $settings := dict -}}
{{- range $key, $value := omit (index $values $connection) "existingSecret" "passwordKey" -}}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) -}}
{{- $_ := set $settings $key $value -}}
{{- end -}}
{{- end -}}
{{- $_ := set $config $connection $settings -}}
{{- end -}}
{{- end -}}
{{- toYaml $config -}}
{{- end }}

{{- define "gatehouse.checkValues" -}}
{{- $values := .root.Values -}}
{{- if hasKey $values "postgres" -}}
{{- $_ := required "postgres.host is missing: the host name of the PostgreSQL server (for all services global.postgres.host)" $values.postgres.host -}}
{{- end -}}
{{- if hasKey $values "redis" -}}
{{- if not (or $values.redis.url $values.redis.clusterNodes $values.redis.sentinels) -}}
{{- fail "redis.url is missing: rediss://host:6380, or set redis.clusterNodes or redis.sentinels (for all services global.redis)" -}}
{{- end -}}
{{- if and $values.redis.clusterNodes $values.redis.sentinels -}}
{{- fail "redis.clusterNodes and redis.sentinels are both set: keep one" -}}
{{- end -}}
{{- end -}}
{{- range .facts.required -}}
{{- $node := $values -}}
{{- range $key := splitList "." .key -}}
{{- $node = index ($node | default dict) $key -}}
{{- end -}}
{{- if not $node -}}
{{- fail (printf "%s is missing: %s" .key .meaning) -}}
{{- end -}}
{{- end -}}
{{- $http := $values.config.http -}}
{{- if le (int $http.shutdownTimeoutMs) (int $http.drainDelayMs) -}}
{{- fail "config.http.shutdownTimeoutMs must be longer than config.http.drainDelayMs: it counts from the same SIGTERM" -}}
{{- end -}}
{{- end }}

{{- define "gatehouse.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "gatehouse.metadata" . | nindent 2 }}
data:
  config.yaml: |
    {{- include "gatehouse.configuration" . | nindent 4 }}
{{- end }}

{{/* Seconds from SIGTERM to SIGKILL: the service's own limit and five seconds more. */}}
{{- define "gatehouse.terminationGracePeriodSeconds" -}}
{{- add (ceil (divf .root.Values.config.http.shutdownTimeoutMs 1000)) 5 -}}
{{- end }}
