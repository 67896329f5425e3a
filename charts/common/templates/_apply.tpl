{{/*
Configuration as code: a Job applies the documents of a ConfigMap after each install and upgrade, and a CronJob compares them with the
installation. The Job is a hook of Helm: a document may change while the release does not, and Argo CD runs hooks at each sync.
*/}}
{{- define "gatehouse.apply" -}}
{{- $configuration := .root.Values.configuration -}}
{{- if $configuration.existingConfigMap }}
{{- $apply := merge (dict "component" "configuration" "name" (include "gatehouse.suffixed" (merge (dict "suffix" "configuration") .))) . -}}
{{- $check := merge (dict "component" "configuration" "name" (include "gatehouse.suffixed" (merge (dict "suffix" "configuration-check") .))) . -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "gatehouse.metadata" (merge (dict "annotations" (dict "helm.sh/hook" "post-install,post-upgrade" "helm.sh/hook-delete-policy" "before-hook-creation" "helm.sh/hook-output-log-policy" "hook-failed")) $apply) | nindent 2 }}
spec:
  {{- include "gatehouse.applyJob" (merge (dict "options" (include "gatehouse.applyOptions" . | fromYamlArray)) $apply) | nindent 2 }}
{{- if $configuration.check.enabled }}
---
apiVersion: batch/v1
kind: CronJob
metadata:
  {{- include "gatehouse.metadata" $check | nindent 2 }}
spec:
  schedule: {{ $configuration.check.schedule | quote }}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 300
  successfulJobsHistoryLimit: 1
  failedJobsHistoryLimit: 1
  jobTemplate:
    spec:
      {{- include "gatehouse.applyJob" (merge (dict "options" (list "--check")) $check) | nindent 6 }}
{{- end }}
{{- if .root.Values.networkPolicy.enabled }}
---
{{ include "gatehouse.applyPolicy" $apply }}
{{- end }}
{{- end }}
{{- end }}

{{- define "gatehouse.applyOptions" -}}
{{- $configuration := .root.Values.configuration -}}
- --yes
{{- if $configuration.takeOver }}
- --take-over
{{- end }}
{{- end }}

{{- define "gatehouse.applyJob" -}}
{{- $values := .root.Values -}}
{{- $configuration := $values.configuration -}}
activeDeadlineSeconds: {{ $configuration.timeoutSeconds }}
backoffLimit: {{ $configuration.backoffLimit }}
podFailurePolicy:
  rules:
    # A drained node is no failure.
    - action: Ignore
      onPodConditions:
        - type: DisruptionTarget
          status: "True"
    # Only an API that does not answer yet (6) is worth another attempt.
    - action: FailJob
      onExitCodes:
        containerName: apply
        operator: In
        values: [1, 2, 3, 4, 5]
template:
  metadata:
    labels:
      {{- include "gatehouse.selectorLabels" . | nindent 6 }}
      {{- with $values.podLabels }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- with $values.podAnnotations }}
    annotations:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  spec:
    restartPolicy: Never
    {{- include "gatehouse.applyPod" . | nindent 4 }}
{{- end }}

{{- define "gatehouse.applyPod" -}}
{{- $values := .root.Values -}}
{{- $configuration := $values.configuration -}}
{{- $client := $configuration.client -}}
{{- $pinned := set (deepCopy $configuration.image) "tag" ($configuration.image.tag | default (dig "imageTag" "" ($values.global | default dict))) -}}
{{- $image := dict "root" (dict "Values" (dict "image" $pinned "global" $values.global) "Chart" .root.Chart) -}}
{{- $password := merge (dict "secret" (dict "name" "opsPassword")) . -}}
{{- $own := printf "%s://%s:%v" (include "gatehouse.scheme" .) (include "gatehouse.serviceName" .) $values.service.port -}}
serviceAccountName: {{ include "gatehouse.serviceAccountName" . }}
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
volumes:
  - name: documents
    configMap:
      name: {{ $configuration.existingConfigMap }}
  - name: account
    secret:
      defaultMode: 0440
      {{- if $client.id }}
      secretName: {{ required "configuration.client.existingSecret is missing: name the Secret with the secret of configuration.client.id" $client.existingSecret }}
      items:
        - key: {{ $client.secretKey }}
          path: secret
      {{- else }}
      secretName: {{ include "gatehouse.secretName" $password }}
      items:
        - key: {{ include "gatehouse.secretKey" $password }}
          path: secret
      {{- end }}
  {{- range $index, $name := $configuration.secretRefs }}
  - name: secret-{{ $index }}
    secret:
      secretName: {{ $name }}
      defaultMode: 0440
  {{- end }}
  {{- with $values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
containers:
  - name: apply
    image: {{ include "gatehouse.image" $image }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    # `--insecure-http`: in the cluster the pods may speak HTTP, as they do to each other.
    args:
      - apply
      - --insecure-http
      - --file=/etc/gatehouse/documents
      - --owner={{ $configuration.owner }}
      {{- with $configuration.revision }}
      - --revision={{ . }}
      {{- end }}
      {{- if $configuration.prune }}
      - --prune
      {{- end }}
      {{- toYaml .options | nindent 6 }}
    terminationMessagePolicy: FallbackToLogsOnError
    securityContext:
      {{- toYaml $values.containerSecurityContext | nindent 6 }}
    env:
      - name: GATEHOUSE_ENVIRONMENT_URL
        value: {{ $own }}
      {{- if $client.id }}
      - name: GATEHOUSE_URL
        value: {{ (include "gatehouse.configuration" . | fromYaml).authApi.url }}
      - name: GATEHOUSE_CLIENT_ID
        value: {{ $client.id | quote }}
      - name: GATEHOUSE_CLIENT_SECRET_FILE
        value: /etc/gatehouse/account/secret
      {{- else }}
      - name: GATEHOUSE_URL
        value: {{ $own }}
      - name: GATEHOUSE_USERNAME
        value: {{ $values.config.ops.username | quote }}
      - name: GATEHOUSE_PASSWORD_FILE
        value: /etc/gatehouse/account/secret
      {{- end }}
      - name: GATEHOUSE_SECRETS_FOLDER
        value: /etc/gatehouse/secrets
      {{- with include "gatehouse.heapVariable" (merge (dict "resources" $configuration.resources) .) }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with $values.extraEnv }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    volumeMounts:
      - name: documents
        mountPath: /etc/gatehouse/documents
        readOnly: true
      - name: account
        mountPath: /etc/gatehouse/account
        readOnly: true
      {{- range $index, $name := $configuration.secretRefs }}
      - name: secret-{{ $index }}
        mountPath: /etc/gatehouse/secrets/{{ $name }}
        readOnly: true
      {{- end }}
      {{- with $values.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    resources:
      {{- toYaml $configuration.resources | nindent 6 }}
{{- end }}

{{/* They reach this release, and Auth API where their token comes from there. Nothing reaches them. */}}
{{- define "gatehouse.applyPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "gatehouse.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "gatehouse.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  egress:
    {{- include "gatehouse.egressRule" (merge (dict "rule" "dns") .) | nindent 4 }}
    - ports:
        - port: 8080
          protocol: TCP
      to:
        - podSelector:
            matchLabels:
              {{- include "gatehouse.selectorLabels" (merge (dict "component" "server") .) | nindent 14 }}
    {{- if .root.Values.configuration.client.id }}
    {{- include "gatehouse.egressToTokens" . | nindent 4 }}
    {{- end }}
{{- end }}
