{{/* Names and labels. Every template of this library takes a dict: root (the chart's context) and facts (what is special about the service). */}}

{{- define "gatehouse.name" -}}
{{- .root.Values.nameOverride | default .root.Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "gatehouse.fullname" -}}
{{- if .root.Values.fullnameOverride -}}
{{- .root.Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "gatehouse.name" .) .root.Release.Name -}}
{{- .root.Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .root.Release.Name (include "gatehouse.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* A name with a suffix; truncation keeps the suffix. */}}
{{- define "gatehouse.suffixed" -}}
{{- printf "%s-%s" (include "gatehouse.fullname" . | trunc (int (sub 62 (len .suffix))) | trimSuffix "-") .suffix -}}
{{- end }}

{{- define "gatehouse.serviceName" -}}
{{- .root.Values.service.name | default (include "gatehouse.fullname" .) -}}
{{- end }}

{{/* What the pods speak on the listeners for requests. The management port always speaks HTTP. */}}
{{- define "gatehouse.scheme" -}}
{{- ternary "https" "http" (ne (dig "tls" "certFile" "" .root.Values.config.http | default "") "") -}}
{{- end }}

{{- define "gatehouse.serviceAccountName" -}}
{{- if .root.Values.serviceAccount.create -}}
{{- .root.Values.serviceAccount.name | default (include "gatehouse.fullname" .) -}}
{{- else -}}
{{- .root.Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{/* Labels of the objects. They change with every release, so they are never in a selector or a pod. */}}
{{- define "gatehouse.labels" -}}
{{ include "gatehouse.selectorLabels" . }}
app.kubernetes.io/part-of: gatehouse
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels that select a pod, and no others: a selector can never be changed. The component label keeps Jobs out of the Service. */}}
{{- define "gatehouse.selectorLabels" -}}
app.kubernetes.io/name: {{ include "gatehouse.name" . }}
app.kubernetes.io/instance: {{ .root.Values.instanceOverride | default .root.Release.Name }}
app.kubernetes.io/component: {{ .component | default "server" }}
{{- end }}

{{- define "gatehouse.metadata" -}}
name: {{ .name | default (include "gatehouse.fullname" .) }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "gatehouse.labels" . | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "gatehouse.image" -}}
{{- $image := .root.Values.image -}}
{{- $registry := (.root.Values.global | default dict).imageRegistry | default $image.registry -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- $image.repository -}}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .root.Chart.AppVersion }}{{ end -}}
{{- end }}

{{- define "gatehouse.imagePullSecrets" -}}
{{- with concat .root.Values.imagePullSecrets ((.root.Values.global | default dict).imagePullSecrets | default list) }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
