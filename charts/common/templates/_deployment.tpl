{{- define "gatehouse.deployment" -}}
{{- $values := .root.Values -}}
{{- $fullname := include "gatehouse.fullname" . -}}
{{- $pod := merge (dict "configMapName" $fullname "serviceAccountName" (include "gatehouse.serviceAccountName" .) "resources" $values.resources) . -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "gatehouse.metadata" . | nindent 2 }}
spec:
  {{- if not $values.autoscaling.enabled }}
  replicas: {{ $values.replicaCount }}
  {{- end }}
  revisionHistoryLimit: {{ $values.revisionHistoryLimit }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: {{ $values.maxSurge }}
  selector:
    matchLabels:
      {{- include "gatehouse.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "gatehouse.selectorLabels" . | nindent 8 }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        checksum/config: {{ include "gatehouse.configuration" . | sha256sum }}
        {{- if $values.secrets.create }}
        checksum/secret: {{ include "gatehouse.demoSecret" . | sha256sum }}
        {{- end }}
        {{- with $values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      # No preStop hook: after SIGTERM the service turns readiness off and keeps answering for drainDelayMs.
      terminationGracePeriodSeconds: {{ include "gatehouse.terminationGracePeriodSeconds" . }}
      {{- include "gatehouse.podSpec" $pod | nindent 6 }}
      {{- with include "gatehouse.topologySpread" . }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with $values.migration }}
      {{- if and .enabled .inPod }}
      initContainers:
        - name: migrate
          {{- include "gatehouse.container" (merge (dict "resources" .resources) $pod) | nindent 10 }}
          args: [migrate]
      {{- end }}
      {{- end }}
      containers:
        - name: {{ include "gatehouse.name" . }}
          {{- include "gatehouse.container" $pod | nindent 10 }}
          ports:
            - name: http
              containerPort: 8080
            {{- if .facts.internal }}
            - name: internal
              containerPort: 8082
            {{- end }}
            - name: management
              containerPort: 8081
          {{- include "gatehouse.probes" . | nindent 10 }}
{{- end }}

{{- define "gatehouse.probes" -}}
{{- $probes := .root.Values.probes -}}
{{- $paths := dict "startup" "/healthz" "readiness" "/readyz" "liveness" "/healthz" -}}
{{- $fields := dict -}}
{{- range $name, $path := $paths -}}
{{- $target := dict "httpGet" (dict "path" $path "port" "management") -}}
{{- $_ := set $fields (printf "%sProbe" $name) (merge $target (index $probes $name)) -}}
{{- end -}}
{{- toYaml $fields -}}
{{- end }}

{{/* Constraints without a selector of their own spread the pods of one revision. */}}
{{- define "gatehouse.topologySpread" -}}
{{- $own := dict "labelSelector" (dict "matchLabels" (include "gatehouse.selectorLabels" . | fromYaml)) "matchLabelKeys" (list "pod-template-hash") -}}
{{- $constraints := list -}}
{{- range .root.Values.topologySpreadConstraints -}}
{{- $constraints = append $constraints (ternary . (merge (deepCopy .) $own) (hasKey . "labelSelector")) -}}
{{- end -}}
{{- with $constraints -}}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
