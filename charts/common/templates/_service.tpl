{{/* A Service for each listener, so that publishing the first never publishes the others. */}}
{{- define "gatehouse.services" -}}
{{- $service := .root.Values.service -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "gatehouse.metadata" (merge (dict "name" (include "gatehouse.serviceName" .) "annotations" $service.annotations) .) | nindent 2 }}
spec:
  type: {{ $service.type }}
  selector:
    {{- include "gatehouse.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ $service.port }}
      targetPort: http
      appProtocol: {{ include "gatehouse.scheme" . }}
{{- if .facts.internal }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "gatehouse.suffixed" (merge (dict "suffix" "internal") .) }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "gatehouse.labels" (merge (dict "component" "internal") .) | nindent 4 }}
spec:
  type: ClusterIP
  selector:
    {{- include "gatehouse.selectorLabels" . | nindent 4 }}
  ports:
    - name: internal
      port: 80
      targetPort: internal
      appProtocol: {{ include "gatehouse.scheme" . }}
{{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "gatehouse.suffixed" (merge (dict "suffix" "management") .) }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "gatehouse.labels" (merge (dict "component" "management") .) | nindent 4 }}
spec:
  type: ClusterIP
  selector:
    {{- include "gatehouse.selectorLabels" . | nindent 4 }}
  # Prometheus must also see a pod that is starting or draining.
  publishNotReadyAddresses: true
  ports:
    - name: management
      port: 8081
      targetPort: management
{{- end }}
