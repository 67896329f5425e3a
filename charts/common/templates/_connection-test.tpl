{{/* `helm test`: one request through the Service, as another application would send it. */}}
{{- define "gatehouse.connectionTest" -}}
{{- $values := .root.Values -}}
{{- $url := printf "http://%s:%v%s" (include "gatehouse.serviceName" .) $values.service.port .facts.root -}}
{{- $script := "const answer = await fetch(process.argv[1], { redirect: 'manual', signal: AbortSignal.timeout(10000) }); console.log(answer.status); process.exit(answer.status < 500 ? 0 : 1)" -}}
{{- $hook := dict "helm.sh/hook" "test" "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" -}}
apiVersion: v1
kind: Pod
metadata:
  {{- include "gatehouse.metadata" (merge (dict "component" "test" "name" (include "gatehouse.suffixed" (merge (dict "suffix" "test") .)) "annotations" $hook) .) | nindent 2 }}
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with include "gatehouse.imagePullSecrets" . }}
  {{- . | nindent 2 }}
  {{- end }}
  securityContext:
    {{- toYaml $values.podSecurityContext | nindent 4 }}
  containers:
    - name: request
      image: {{ include "gatehouse.image" . }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      securityContext:
        {{- toYaml $values.containerSecurityContext | nindent 8 }}
      command: [node, --input-type=module, --eval, {{ $script | quote }}, {{ $url | quote }}]
      resources:
        requests:
          cpu: 10m
          memory: 64Mi
        limits:
          memory: 128Mi
{{- end }}
