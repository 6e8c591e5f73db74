{{/* What is the same in every pod: the restricted standard, places, waiting for the database. */}}

{{- define "recado.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "recado.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "recado.pullSecrets" -}}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Takes (dict "top" . "component" … "block" <values of the component>). */}}
{{- define "recado.placement" -}}
{{- with .block.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .block.tolerations }}
tolerations: {{- toYaml . | nindent 0 }}
{{- end }}
affinity:
{{- with .block.affinity }}
  {{- toYaml . | nindent 2 }}
{{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 50
      podAffinityTerm:
        topologyKey: topology.kubernetes.io/zone
        labelSelector:
          matchLabels: {{- include "recado.selector" . | nindent 12 }}
{{- end }}
{{- with .top.Values.global.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
# Over nodes; over zones by affinity: nodes without one of the keys here would be left out of the count.
topologySpreadConstraints:
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{- include "recado.selector" . | nindent 6 }}
{{- end -}}

{{/* The init container of every pod that needs the schema. Takes (dict "top" . "role" "app"). */}}
{{- define "recado.waitForDatabase" -}}
- name: wait-for-database
  image: {{ include "recado.image" (dict "top" .top "suffix" "worker" "image" .top.Values.worker.image) }}
  imagePullPolicy: {{ .top.Values.image.pullPolicy }}
  command: [python, -m, recado_domain.migrate, --wait]
  env:
    {{- include "recado.databaseEnv" . | nindent 4 }}
    - name: RECADO_DB_PATIENCE_SECONDS
      value: {{ .top.Values.migrations.patienceSeconds | quote }}
  resources: {{- toYaml .top.Values.migrations.resources | nindent 4 }}
  securityContext: {{- include "recado.containerSecurity" . | nindent 4 }}
  terminationMessagePolicy: FallbackToLogsOnError
  volumeMounts:
  - {name: tmp, mountPath: /tmp}
{{- end -}}

{{/* Ours, and what the user adds; theirs wins, and no name comes twice, which server-side apply refuses. */}}
{{- define "recado.env" -}}
{{- $extra := default list .block.extraEnv -}}
{{- $names := list -}}
{{- range $extra }}{{- $names = append $names .name }}{{- end -}}
{{- range (.env | fromYamlArray) }}
{{- if not (has .name $names) }}
- {{ toYaml . | nindent 2 | trim }}
{{- end }}
{{- end }}
{{- with $extra }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* One Deployment. Takes (dict "top" . "component" … "block" … "image" … "env" "<yaml>" "ports" (list (list "http" 8080) …)
     "probes" "<yaml>") and if wanted: command, account, role (waits for the database), drain, fixed (no replicas), mounts, volumes. */}}
{{- define "recado.deployment" -}}
{{- $selector := include "recado.selector" . -}}
{{- $env := include "recado.env" . -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "recado.fullname" .top }}-{{ .component }}
  namespace: {{ .top.Release.Namespace }}
  labels: {{- include "recado.labels" . | nindent 4 }}
spec:
  {{- if not .scaled }}
  replicas: {{ .block.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  selector:
    matchLabels: {{- $selector | nindent 6 }}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  template:
    metadata:
      labels:
        {{- include "recado.labels" . | nindent 8 }}
        {{- with .block.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        {{- with include "recado.secretsChecksum" (dict "top" .top "env" $env) }}
        checksum/secrets: {{ . }}
        {{- end }}
        kubectl.kubernetes.io/default-container: {{ .container }}
        {{- with .block.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "recado.fullname" .top }}{{ if .account }}-{{ .account }}{{ end }}
      automountServiceAccountToken: {{ not (empty .account) }}
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ add 35 (default 0 .drain) }}
      securityContext: {{- include "recado.podSecurity" . | nindent 8 }}
      {{- include "recado.pullSecrets" .top | nindent 6 }}
      {{- include "recado.placement" . | nindent 6 }}
      {{- if .role }}
      initContainers:
      {{- include "recado.waitForDatabase" . | nindent 6 }}
      {{- end }}
      containers:
      - name: {{ .container }}
        image: {{ .image }}
        imagePullPolicy: {{ .top.Values.image.pullPolicy }}
        env: {{- $env | nindent 8 }}
        {{- with .block.extraEnvFrom }}
        envFrom: {{- toYaml . | nindent 8 }}
        {{- end }}
        ports:
        {{- range .ports }}
        - {name: {{ index . 0 }}, containerPort: {{ index . 1 }}, protocol: TCP}
        {{- end }}
        {{- .probes | nindent 8 }}
        {{- if .drain }}
        lifecycle:
          preStop:
            sleep: {seconds: {{ .drain }}}
        {{- end }}
        resources: {{- toYaml .block.resources | nindent 10 }}
        securityContext: {{- include "recado.containerSecurity" . | nindent 10 }}
        terminationMessagePolicy: FallbackToLogsOnError
        volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- with .mounts }}
        {{- . | nindent 8 }}
        {{- end }}
      volumes:
      - name: tmp
        emptyDir: {sizeLimit: 64Mi}
      {{- with .volumes }}
      {{- . | nindent 6 }}
      {{- end }}
{{- end -}}

{{- define "recado.pdb" -}}
{{- if and .block.pdb.enabled (or .scaled (gt (int .block.replicas) 1)) -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "recado.fullname" .top }}-{{ .component }}
  namespace: {{ .top.Release.Namespace }}
  labels: {{- include "recado.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .block.pdb.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "recado.selector" . | nindent 6 }}
{{- end -}}
{{- end -}}

{{/* By CPU. Takes what recado.deployment takes. */}}
{{- define "recado.hpa" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "recado.fullname" .top }}-{{ .component }}
  namespace: {{ .top.Release.Namespace }}
  labels: {{- include "recado.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "recado.fullname" .top }}-{{ .component }}}
  minReplicas: {{ .block.autoscaling.minReplicas }}
  maxReplicas: {{ .block.autoscaling.maxReplicas }}
  metrics:
  - type: Resource
    resource:
      name: cpu
      target: {type: Utilization, averageUtilization: {{ .block.autoscaling.targetCPU }}}
  {{- with .block.autoscaling.behavior }}
  behavior: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* Takes (dict "top" . "component" … "ports" (list (list "http" 80) …)). */}}
{{- define "recado.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "recado.fullname" .top }}-{{ .component }}
  namespace: {{ .top.Release.Namespace }}
  labels: {{- include "recado.labels" . | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ default "ClusterIP" .type }}
  selector: {{- include "recado.selector" . | nindent 4 }}
  ports:
  {{- range .ports }}
  - {name: {{ index . 0 }}, port: {{ index . 1 }}, targetPort: {{ index . 0 }}, protocol: TCP}
  {{- end }}
{{- end -}}

{{- define "recado.account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "recado.fullname" .top }}{{ if .account }}-{{ .account }}{{ end }}
  namespace: {{ .top.Release.Namespace }}
  labels: {{- include "recado.labels" . | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}
