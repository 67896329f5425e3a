{{/* Evaluation mode: what its objects share, and where it is refused. Every template here takes the chart's context. */}}

{{- define "evaluation.refusals" -}}
{{- $values := .Values -}}
{{- $host := (urlParse $values.global.publicUrl).hostname -}}
{{- if not (regexMatch "^localhost$|\\.(localhost|test|internal)$" $host) -}}
{{- fail (printf "evaluation.enabled is refused for global.publicUrl %s: it is for trials at localhost, or at a host that ends in .localhost, .test or .internal, such as http://localhost:8080. For people of a company leave it off, and name stores of your own" $values.global.publicUrl) -}}
{{- end -}}
{{- range $chart := list "auth-api" "auth-ui" "environment-api" -}}
{{- $service := index $values $chart -}}
{{- if gt (int $service.replicaCount) 1 -}}
{{- fail (printf "evaluation.enabled is refused with %s.replicaCount %v: leave it at 1, or leave evaluation off and name stores of your own" $chart $service.replicaCount) -}}
{{- end -}}
{{- if $service.autoscaling.enabled -}}
{{- fail (printf "evaluation.enabled is refused with %s.autoscaling.enabled: leave it false, or leave evaluation off and name stores of your own" $chart) -}}
{{- end -}}
{{- end -}}
{{- $global := $values.global -}}
{{- $own := dict
  "postgres.host" (list $global.postgres.host "evaluation-postgres")
  "redis.url" (list $global.redis.url "redis://evaluation-redis:6379")
  "secrets.existingSecret" (list $global.secrets.existingSecret "evaluation")
-}}
{{- range $key, $pair := $own -}}
{{- if ne (first $pair) (last $pair) -}}
{{- fail (printf "evaluation.enabled is refused with global.%s: an evaluation brings its own stores and secrets. Remove this value, or leave evaluation off" $key) -}}
{{- end -}}
{{- end -}}
{{- include "evaluation.refusalBesideOthers" . -}}
{{- end }}

{{/* The Secret says that what is there is an evaluation of this release: it is made by the first installation, and nothing else makes it. */}}
{{- define "evaluation.refusalBesideOthers" -}}
{{- $namespace := .Release.Namespace -}}
{{- $secret := lookup "v1" "Secret" $namespace "evaluation" -}}
{{- $owner := dig "metadata" "annotations" "meta.helm.sh/release-name" "" $secret -}}
{{- if and $secret (ne $owner .Release.Name) -}}
{{- fail (printf "evaluation.enabled is refused in the namespace %s: the Secret evaluation there is not of this release (%s). Choose an empty namespace" $namespace ($owner | default "of no release")) -}}
{{- end -}}
{{- if not $secret -}}
{{- range $name := list "auth-api" "auth-ui" "environment-api" -}}
{{- if lookup "apps/v1" "Deployment" $namespace $name -}}
{{- fail (printf "evaluation.enabled is refused in the namespace %s: the Deployment %s of another installation is there. Choose an empty namespace" $namespace $name) -}}
{{- end -}}
{{- end -}}
{{- if .Release.IsUpgrade -}}
{{- fail (printf "evaluation.enabled is refused for an upgrade of the release %s, which was installed without it. Leave it off, or install another release into an empty namespace" .Release.Name) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* scope: dict root (the chart's context) and name. */}}
{{- define "evaluation.selectorLabels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: evaluation
{{- end }}

{{- define "evaluation.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "evaluation.selectorLabels" . | nindent 2 }}
  app.kubernetes.io/part-of: gatehouse
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- end }}

{{/* image: registry, repository, tag, digest. */}}
{{- define "evaluation.image" -}}
{{- $image := .image -}}
{{- $registry := .root.Values.global.imageRegistry | default $image.registry -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- $image.repository -}}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag }}{{ end -}}
{{- end }}

{{/* The image that the two programs of files/ run in: it has Node, and it is there anyway. */}}
{{- define "evaluation.nodeImage" -}}
{{- include "gatehouse.image" (dict "root" (index .Subcharts "auth-ui")) -}}
{{- end }}

{{- define "evaluation.podSpec" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- define "evaluation.containerSecurity" -}}
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* keys of the one Secret, as files below /secrets. */}}
{{- define "evaluation.secretVolume" -}}
- name: secrets
  secret:
    secretName: evaluation
    defaultMode: 0440
    items:
      {{- range .keys }}
      - key: {{ . }}
        path: {{ . }}
      {{- end }}
{{- end }}

{{- define "evaluation.scriptVolume" -}}
- name: scripts
  configMap:
    name: evaluation-scripts
{{- end }}

{{/* To the three services, and to the name service as Auth UI. */}}
{{- define "evaluation.egressToServices" -}}
{{- include "gatehouse.egressRule" (dict "root" (index .Subcharts "auth-ui") "rule" "dns") }}
- ports:
    - port: 8080
      protocol: TCP
  to:
    - podSelector:
        matchExpressions:
          - { key: app.kubernetes.io/name, operator: In, values: [auth-api, auth-ui, environment-api] }
{{- end }}
