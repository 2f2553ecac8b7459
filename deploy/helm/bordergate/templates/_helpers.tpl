{{- define "bordergate.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "bordergate.labels" -}}
app.kubernetes.io/name: bordergate
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{- define "bordergate.selector" -}}
app.kubernetes.io/name: bordergate
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "bordergate.image" -}}
{{ .repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}

{{- define "bordergate.secretEnv" -}}
- name: {{ .name }}
  valueFrom: { secretKeyRef: { name: {{ required (printf "%s is required" .value) .secret }}, key: {{ .key }} } }
{{- end -}}

{{/* How every service reaches the broker; the certificate's volume is "kafka-ca". */}}
{{- define "bordergate.kafkaEnv" -}}
{{- with .Values.kafka }}
- name: KAFKA_BROKERS
  value: {{ required "kafka.brokers is required" (join "," .brokers) | quote }}
- name: KAFKA_PARTITIONS
  value: {{ .partitions | quote }}
{{- if .replication }}
- name: KAFKA_REPLICATION
  value: {{ .replication | quote }}
{{- end }}
{{- if .tls.enabled }}
- name: KAFKA_SSL
  value: "true"
{{- if .tls.caSecret }}
- name: KAFKA_SSL_CA_FILE
  value: /etc/bordergate/kafka/{{ .tls.caKey }}
{{- end }}
{{- end }}
{{- if .sasl.mechanism }}
- name: KAFKA_SASL_MECHANISM
  value: {{ .sasl.mechanism }}
- name: KAFKA_SASL_USERNAME
  value: {{ required "kafka.sasl.username is required with a mechanism" .sasl.username | quote }}
{{ include "bordergate.secretEnv" (dict "name" "KAFKA_SASL_PASSWORD" "value" "kafka.sasl.secret" "secret" .sasl.secret "key" .sasl.passwordKey) }}
{{- end }}
{{- end }}
- name: BORDERGATE_LOG_LEVEL
  value: {{ .Values.logLevel }}
{{- end -}}

{{- define "bordergate.kafkaMounts" -}}
{{- if and .Values.kafka.tls.enabled .Values.kafka.tls.caSecret }}
- { name: kafka-ca, mountPath: /etc/bordergate/kafka, readOnly: true }
{{- end }}
{{- end -}}

{{- define "bordergate.kafkaVolumes" -}}
{{- if and .Values.kafka.tls.enabled .Values.kafka.tls.caSecret }}
- { name: kafka-ca, secret: { secretName: {{ .Values.kafka.tls.caSecret }} } }
{{- end }}
{{- end -}}

{{/* No root, no capability, nothing written but /tmp. */}}
{{- define "bordergate.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end -}}
{{- define "bordergate.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "bordergate.probes" -}}
startupProbe: { httpGet: { path: /health/live, port: http }, periodSeconds: 2, failureThreshold: 60 }
livenessProbe: { httpGet: { path: /health/live, port: http }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
readinessProbe: { httpGet: { path: /health/ready, port: http }, periodSeconds: 5, timeoutSeconds: 5 }
{{- end -}}

{{/* A Deployment of one of the services: root, component, command, port, settings (its values), env (a template's name, or none). */}}
{{- define "bordergate.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "bordergate.name" .root }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "bordergate.labels" . | nindent 4 }}
spec:
  replicas: {{ .settings.replicas }}
  # a new one is ready before an old one goes
  strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector: { matchLabels: {{ include "bordergate.selector" . | fromYaml | toJson }} }
  template:
    metadata:
      labels: {{- include "bordergate.labels" . | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      securityContext: {{- include "bordergate.podSecurity" . | nindent 8 }}
      terminationGracePeriodSeconds: 30
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets: {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      {{- if gt (int .settings.replicas) 1 }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: { matchLabels: {{ include "bordergate.selector" . | fromYaml | toJson }} }
      {{- end }}
      containers:
        - name: {{ .component }}
          image: {{ include "bordergate.image" (dict "root" .root "repository" .root.Values.image.repository) }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [{{ .command }}]
          securityContext: {{- include "bordergate.containerSecurity" . | nindent 12 }}
          ports: [{ name: http, containerPort: {{ .port }} }]
          env:
            - name: BORDERGATE_PORT
              value: {{ .port | quote }}
            {{- include (printf "bordergate.env.%s" .component) .root | nindent 12 }}
          {{- include "bordergate.probes" . | nindent 10 }}
          resources: {{- toYaml .settings.podResources | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            {{- include "bordergate.kafkaMounts" .root | nindent 12 }}
      volumes:
        - { name: tmp, emptyDir: { sizeLimit: 64Mi } }
        {{- include "bordergate.kafkaVolumes" .root | nindent 8 }}
      {{- with .settings.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .settings.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .settings.affinity }}
      affinity: {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}

{{- define "bordergate.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "bordergate.name" .root }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "bordergate.labels" . | nindent 4 }}
spec:
  type: {{ .type | default "ClusterIP" }}
  selector: {{- include "bordergate.selector" . | nindent 4 }}
  ports: [{ name: http, port: {{ .servicePort | default .port }}, targetPort: http }]
{{- end -}}

{{- define "bordergate.env.resources" -}}
{{ include "bordergate.kafkaEnv" . }}
# the job has migrated before
- name: BORDERGATE_MIGRATE
  value: "false"
{{ include "bordergate.secretEnv" (dict "name" "DATABASE_URL" "value" "database.secret" "secret" .Values.database.secret "key" .Values.database.resourcesKey) }}
{{ include "bordergate.secretEnv" (dict "name" "BORDERGATE_VAULT_KEYS" "value" "vault.secret" "secret" .Values.vault.secret "key" .Values.vault.key) }}
{{ include "bordergate.secretEnv" (dict "name" "BORDERGATE_WORKER_TOKEN" "value" "workerToken.secret" "secret" .Values.workerToken.secret "key" .Values.workerToken.key) }}
{{- end -}}

{{- define "bordergate.env.routing" -}}
{{ include "bordergate.kafkaEnv" . }}
{{- end -}}

{{- define "bordergate.env.telemetry" -}}
{{ include "bordergate.kafkaEnv" . }}
- name: BORDERGATE_SAMPLE_INTERVAL_MS
  value: {{ .Values.worker.sampleIntervalMs | quote }}
- name: BORDERGATE_RETENTION_DAYS
  value: {{ .Values.telemetry.retentionDays | quote }}
# the job has migrated before
- name: BORDERGATE_MIGRATE
  value: "false"
{{ include "bordergate.secretEnv" (dict "name" "DATABASE_URL" "value" "database.secret" "secret" .Values.database.secret "key" .Values.database.telemetryKey) }}
# secrets of webhooks are sealed with them
{{ include "bordergate.secretEnv" (dict "name" "BORDERGATE_VAULT_KEYS" "value" "vault.secret" "secret" .Values.vault.secret "key" .Values.vault.key) }}
- name: BORDERGATE_WEBHOOK_ALLOW
  value: {{ join "," .Values.telemetry.webhookAllow | quote }}
- name: BORDERGATE_LIVE_STREAMS
  value: {{ .Values.telemetry.liveStreams | quote }}
- name: BORDERGATE_METER
  value: {{ .Values.telemetry.meter | quote }}
{{- end -}}

{{- define "bordergate.env.front" -}}
{{- $name := include "bordergate.name" . -}}
- name: BORDERGATE_LOG_LEVEL
  value: {{ .Values.logLevel }}
- name: BORDERGATE_RESOURCES_URL
  value: http://{{ $name }}-resources:8481
- name: BORDERGATE_ROUTING_URL
  value: http://{{ $name }}-routing:8482
- name: BORDERGATE_TELEMETRY_URL
  value: http://{{ $name }}-telemetry:8483
- name: BORDERGATE_ALLOWED_HOSTS
  value: {{ concat (list (printf "%s-front" $name) (printf "%s-front.%s.svc" $name .Release.Namespace)) (compact (list .Values.front.ingress.host)) .Values.front.allowedHosts | join "," | quote }}
{{- end -}}
