{{/* Secrets reach the service as files, never as variables: an environment dump shows only paths. */}}

{{/* The Secret that holds one entry of facts.secrets. */}}
{{- define "gatehouse.secretName" -}}
{{- $secrets := .root.Values.secrets -}}
{{- $connection := get .root.Values (.secret.connection | default "-") | default dict -}}
{{- if $connection.existingSecret -}}
{{- $connection.existingSecret -}}
{{- else if $secrets.create -}}
{{- .createdName | default (include "gatehouse.fullname" .) -}}
{{- else -}}
{{- required "secrets.existingSecret is missing: name a Secret of this namespace (keys: secrets.keys; for all services global.secrets.existingSecret), or set secrets.create to true for a demo" $secrets.existingSecret -}}
{{- end -}}
{{- end }}

{{/* The key inside that Secret; empty leaves the setting out. */}}
{{- define "gatehouse.secretKey" -}}
{{- $connection := get .root.Values (.secret.connection | default "-") | default dict -}}
{{- if $connection.existingSecret -}}
{{- $connection.passwordKey -}}
{{- else -}}
{{- index .root.Values.secrets.keys .secret.name -}}
{{- end -}}
{{- end }}

{{- define "gatehouse.secretVariables" -}}
{{- $scope := . -}}
{{- $variables := list -}}
{{- range .facts.secrets -}}
{{- if include "gatehouse.secretKey" (merge (dict "secret" .) $scope) -}}
{{- $variables = append $variables (dict "name" (printf "%s_FILE" .env) "value" (printf "/etc/gatehouse/secrets/%s" .name)) -}}
{{- end -}}
{{- end -}}
{{- with $variables }}{{ toYaml . }}{{ end -}}
{{- end }}

{{/* One volume with the files of all Secrets in use. */}}
{{- define "gatehouse.secretVolume" -}}
{{- $scope := . -}}
{{- $sources := dict -}}
{{- range .facts.secrets -}}
{{- $entry := merge (dict "secret" .) $scope -}}
{{- with include "gatehouse.secretKey" $entry -}}
{{- $name := include "gatehouse.secretName" $entry -}}
{{- $items := get $sources $name | default list -}}
{{- $_ := set $sources $name (append $items (dict "key" . "path" $entry.secret.name)) -}}
{{- end -}}
{{- end -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- range $name, $items := $sources }}
      - secret:
          name: {{ $name }}
          items:
            {{- toYaml $items | nindent 12 }}
      {{- end }}
{{- end }}

{{/* The Secret of a demo. Nothing is generated, because all three services need the same values. */}}
{{- define "gatehouse.demoSecret" -}}
{{- $scope := . -}}
apiVersion: v1
kind: Secret
metadata:
  {{- include "gatehouse.metadata" . | nindent 2 }}
type: Opaque
stringData:
  {{- range .facts.secrets }}
  {{- $entry := merge (dict "secret" .) $scope }}
  {{- $connection := get $scope.root.Values (.connection | default "-") | default dict }}
  {{- $key := include "gatehouse.secretKey" $entry }}
  {{- if and $key (not $connection.existingSecret) }}
  {{ $key }}: {{ required (printf "secrets.values.%s is missing: secrets.create is true" .name) (index $scope.root.Values.secrets.values .name) | quote }}
  {{- end }}
  {{- end }}
{{- end }}
