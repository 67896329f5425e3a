{{/*
Gives a service what a larger chart says once, under global, where the service says nothing of its own. It changes the values in their
place: every template reads the facts of its service first, and so this.
*/}}
{{- define "gatehouse.globals" -}}
{{- $values := .Values -}}
{{- $global := .Values.global | default dict -}}
{{- range $given := list
  (list $values.image "tag" $global.imageTag)
  (list $values.config "publicUrl" $global.publicUrl)
  (list $values.config.http "trustedProxies" $global.trustedProxies)
  (list $values.secrets "existingSecret" (dig "existingSecret" "" ($global.secrets | default dict)))
-}}
{{- if and (last $given) (not (get (first $given) (index $given 1))) -}}
{{- $_ := set (first $given) (index $given 1) (last $given) -}}
{{- end -}}
{{- end -}}
{{- /* A connection is taken as a whole: the password of one server must not go to another. */ -}}
{{- $own := dict
  "postgres" (dig "host" "" ($values.postgres | default dict))
  "redis" (dig "url" "" ($values.redis | default dict) | default (dig "clusterNodes" list ($values.redis | default dict)) | default (dig "sentinels" list ($values.redis | default dict)))
-}}
{{- range $connection, $server := $own -}}
{{- if and (hasKey $values $connection) (not $server) -}}
{{- range $key, $value := get $global $connection | default dict -}}
{{- $_ := set (get $values $connection) $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if not (hasKey $values "replicaCount") -}}
{{- $_ := set $values "replicaCount" (ternary 1 2 ($global.evaluation | default false)) -}}
{{- end -}}
{{- if $global.evaluation -}}
{{- /* One replica that must stay would keep its node from being drained, and the database comes with the same release. */ -}}
{{- $_ := set $values.podDisruptionBudget "enabled" false -}}
{{- $_ := set ($values.migration | default dict) "inPod" true -}}
{{- if ne .Chart.Name "environment-api" -}}
{{- $_ := set $values.config "allowPlaintextPublicUrl" (hasPrefix "http:" ($global.publicUrl | default "")) -}}
{{- end -}}
{{- end -}}
{{- end }}
