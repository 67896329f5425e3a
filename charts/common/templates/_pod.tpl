{{/* The parts that the server's pods and the migration's pod share. */}}

{{- define "gatehouse.podSpec" -}}
{{- $values := .root.Values -}}
serviceAccountName: {{ .serviceAccountName }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- include "gatehouse.imagePullSecrets" . }}
securityContext:
  {{- toYaml $values.podSecurityContext | nindent 2 }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: config
    configMap:
      name: {{ .configMapName }}
  {{- include "gatehouse.secretVolume" . | nindent 2 }}
  - name: tmp
    emptyDir:
      sizeLimit: 64Mi
  {{- with $values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "gatehouse.container" -}}
{{- $values := .root.Values -}}
image: {{ include "gatehouse.image" . }}
imagePullPolicy: {{ $values.image.pullPolicy }}
# What a process says last, such as the mistakes of its configuration, stands in `kubectl describe pod`.
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  {{- toYaml $values.containerSecurityContext | nindent 2 }}
env:
  - name: GATEHOUSE_CONFIG_FILE
    value: /etc/gatehouse/config/config.yaml
  {{- with include "gatehouse.secretVariables" . }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with include "gatehouse.heapVariable" . }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with $values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumeMounts:
  - name: config
    mountPath: /etc/gatehouse/config
    readOnly: true
  - name: secrets
    mountPath: /etc/gatehouse/secrets
    readOnly: true
  - name: tmp
    mountPath: /tmp
  {{- with $values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
resources:
  {{- toYaml .resources | nindent 2 }}
{{- end }}

{{/* Node's heap takes 70 % of the memory limit; buffers and password hashing need the rest. */}}
{{- define "gatehouse.heapVariable" -}}
{{- $limit := toString ((.resources.limits | default dict).memory | default "") -}}
{{- $mebibytes := 0 -}}
{{- if hasSuffix "Gi" $limit -}}
{{- $mebibytes = mulf (trimSuffix "Gi" $limit | float64) 1024 -}}
{{- else if hasSuffix "Mi" $limit -}}
{{- $mebibytes = trimSuffix "Mi" $limit | float64 -}}
{{- else if hasSuffix "G" $limit -}}
{{- $mebibytes = mulf (trimSuffix "G" $limit | float64) 953 -}}
{{- else if hasSuffix "M" $limit -}}
{{- $mebibytes = mulf (trimSuffix "M" $limit | float64) 0.953 -}}
{{- end -}}
{{- $names := list -}}
{{- range .root.Values.extraEnv }}{{ $names = append $names .name }}{{ end -}}
{{- if and $mebibytes (not (has "NODE_OPTIONS" $names)) -}}
- name: NODE_OPTIONS
  value: --max-old-space-size={{ mulf $mebibytes 0.7 | floor | int }}
{{- end -}}
{{- end }}
