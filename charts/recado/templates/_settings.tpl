{{/* Where databases are and how one logs in: the environment of our processes. */}}

{{- define "recado.databaseHost" -}}
{{- if eq .Values.postgresql.mode "external" -}}
{{- required "postgresql.external.host is needed with postgresql.mode=external: the host of your PostgreSQL" .Values.postgresql.external.host -}}
{{- else if eq .Values.postgresql.mode "cnpg" -}}
{{- printf "%s-database-rw.%s.svc" (include "recado.fullname" .) .Release.Namespace -}}
{{- else -}}
{{- printf "%s-postgres.%s.svc" (include "recado.fullname" .) .Release.Namespace -}}
{{- end -}}
{{- end -}}

{{- define "recado.databasePort" -}}
{{- ternary .Values.postgresql.external.port 5432 (eq .Values.postgresql.mode "external") -}}
{{- end -}}

{{- define "recado.databaseSecret" -}}
{{- if eq .Values.postgresql.mode "external" -}}
{{- required "postgresql.external.existingSecret is needed with postgresql.mode=external: a Secret with owner-password, app-password and operator-password" .Values.postgresql.external.existingSecret -}}
{{- else -}}
{{- include "recado.secret" . -}}
{{- end -}}
{{- end -}}

{{/* Takes (dict "top" . "role" "owner"). CloudNativePG wants the owner's password in a Secret of its own form. */}}
{{- define "recado.databasePassword" -}}
{{- if and (eq .top.Values.postgresql.mode "cnpg") (eq .role "owner") -}}
{name: {{ include "recado.cnpgOwnerSecret" .top }}, key: password}
{{- else -}}
{name: {{ include "recado.databaseSecret" .top }}, key: {{ .role }}-password}
{{- end -}}
{{- end -}}

{{- define "recado.cnpgOwnerSecret" -}}
{{- default (printf "%s-database-owner" (include "recado.fullname" .)) .Values.postgresql.cnpg.ownerSecret -}}
{{- end -}}

{{/* Plain settings as a map, so that pods and the Secret of sessions say the same. */}}
{{- define "recado.databaseSettings" -}}
{{- $tls := .Values.postgresql.external.tls -}}
{{- $external := eq .Values.postgresql.mode "external" -}}
DB_HOST: {{ include "recado.databaseHost" . }}
DB_PORT: {{ include "recado.databasePort" . | quote }}
DB_NAME: {{ .Values.postgresql.database }}
{{- if $external }}
DB_SSL: {{ $tls.enabled | quote }}
DB_SSL_REJECT_UNAUTHORIZED: {{ $tls.verify | quote }}
{{- with $tls.ca }}
DB_SSL_CA: {{ . | quote }}
{{- end }}
{{- else }}
DB_SSL: {{ eq .Values.postgresql.mode "cnpg" | quote }}
{{- end }}
{{- end -}}

{{/* As env entries, with the login of a role. Takes (dict "top" . "role" "app"). */}}
{{- define "recado.databaseEnv" -}}
{{- $settings := include "recado.databaseSettings" .top | fromYaml -}}
{{- range $name := keys $settings | sortAlpha }}
- name: {{ $name }}
  value: {{ get $settings $name | quote }}
{{- end }}
{{- if eq .top.Values.postgresql.mode "cnpg" }}
- name: DB_SSL_CA
  valueFrom:
    secretKeyRef: {name: {{ include "recado.fullname" .top }}-database-ca, key: ca.crt}
{{- end }}
- name: DB_USER
  value: recado_{{ .role }}
- name: DB_PASS
  valueFrom:
    secretKeyRef: {{ include "recado.databasePassword" . }}
{{- end -}}

{{- define "recado.redisHost" -}}
{{- printf "%s-redis.%s.svc" (include "recado.fullname" .) .Release.Namespace -}}
{{- end -}}

{{- define "recado.redisEnv" -}}
{{- $external := .Values.redis.external -}}
{{- if eq .Values.redis.mode "bundled" -}}
- name: REDIS_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ include "recado.secret" . }}, key: redis-password}
{{ end -}}
- name: REDIS_URI
{{- if eq .Values.redis.mode "bundled" }}
  value: redis://:$(REDIS_PASSWORD)@{{ include "recado.redisHost" . }}:6379/0
{{- else if $external.existingSecret }}
  valueFrom:
    secretKeyRef: {name: {{ $external.existingSecret }}, key: {{ $external.key }}}
{{- else }}
  value: {{ required "redis.external.uri or redis.external.existingSecret is needed with redis.mode=external" $external.uri | quote }}
{{- end }}
{{- end -}}

{{/* What every process tells. `port` of metrics; (dict "reports" true) for those that tell Sentry too. */}}
{{- define "recado.observabilityEnv" -}}
{{- $top := .top -}}
- name: RECADO_LOG_LEVEL
  value: {{ $top.Values.global.logLevel }}
- name: RECADO_METRICS_HOST
  value: 0.0.0.0
- name: RECADO_METRICS_PORT
  value: {{ .port | quote }}
{{- if .reports }}
{{- with $top.Values.observability }}
{{- if .sentrySecret.name }}
- name: SENTRY_DSN
  valueFrom:
    secretKeyRef: {name: {{ .sentrySecret.name }}, key: {{ .sentrySecret.key }}}
{{- else if .sentryDsn }}
- name: SENTRY_DSN
  value: {{ .sentryDsn | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "recado.secret" -}}
{{- default (printf "%s-secrets" (include "recado.fullname" .)) .Values.secrets.existingSecret -}}
{{- end -}}

{{- define "recado.sessionSecret" -}}
{{- default (printf "%s-session-settings" (include "recado.fullname" .)) .Values.session.existingSettingsSecret -}}
{{- end -}}

{{- define "recado.simulatorUrl" -}}
http://{{ include "recado.fullname" . }}-simulator.{{ .Release.Namespace }}.svc:8090
{{- end -}}
