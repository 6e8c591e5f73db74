{{/* The environment of every session but its own login, which the operator makes for each epoch. */}}

{{- define "recado.sessionSettings" -}}
{{- $settings := include "recado.databaseSettings" . | fromYaml -}}
{{- if eq .Values.postgresql.mode "cnpg" -}}
{{- $_ := set $settings "DB_SSL_REJECT_UNAUTHORIZED" "false" -}}
{{- end -}}
{{- $_ := set $settings "REDIS_URI" (include "recado.sessionRedis" .) -}}
{{- $_ := set $settings "RECADO_LOG_LEVEL" .Values.global.logLevel -}}
{{- if .Values.simulator.enabled -}}
{{- $_ := set $settings "RECADO_SIMULATOR_URL" (include "recado.simulatorUrl" .) -}}
{{- $_ := set $settings "RECADO_WHATSAPP_PROXY" (include "recado.simulatorUrl" . | replace ":8090" ":8091") -}}
{{- $_ := set $settings "SSL_CERT_FILE" "/tmp/authorities.pem" -}}
{{- end -}}
{{- with .Values.observability -}}
{{- if .sentrySecret.name -}}
{{- $_ := set $settings "SENTRY_DSN" (include "recado.foundForSessions" (dict "top" $ "secret" .sentrySecret.name "key" .sentrySecret.key "what" "DSN of Sentry")) -}}
{{- else if .sentryDsn -}}
{{- $_ := set $settings "SENTRY_DSN" .sentryDsn -}}
{{- end -}}
{{- end -}}
{{- $settings = mergeOverwrite $settings .Values.session.extraSettings -}}
{{- range $name := keys $settings | sortAlpha }}
{{ $name }}: {{ get $settings $name | toString | quote }}
{{- end }}
{{- end -}}

{{/* Sessions get values, not references, so what stands in a Secret must be read here. */}}
{{- define "recado.sessionRedis" -}}
{{- $external := .Values.redis.external -}}
{{- if eq .Values.redis.mode "bundled" -}}
{{- printf "redis://%s@%s:6379/0" (include "recado.sessionLogin" .) (include "recado.redisHost" .) -}}
{{- else if $external.existingSecret -}}
{{- include "recado.foundForSessions" (dict "top" . "secret" $external.existingSecret "key" (default $external.key $external.sessionKey) "what" "URI of Redis") -}}
{{- else -}}
{{- required "redis.external.uri or redis.external.existingSecret is needed with redis.mode=external" $external.uri -}}
{{- end -}}
{{- end -}}

{{- define "recado.sessionLogin" -}}
{{- $secret := include "recado.secret" . -}}
{{- if not .Values.secrets.existingSecret -}}
{{- printf "session:%s" (include "recado.generated" (dict "top" . "secret" $secret "key" "redis-session-password" "setting" "secrets.existingSecret")) -}}
{{- else if include "recado.sessionsShareRedis" . -}}
{{- printf ":%s" (include "recado.foundForSessions" (dict "top" . "secret" $secret "key" "redis-password" "what" "password of Redis")) -}}
{{- else -}}
{{- printf "session:%s" (include "recado.found" (dict "top" . "secret" $secret "key" "redis-session-password")) -}}
{{- end -}}
{{- end -}}

{{/* Whether the chart must give sessions the platform's login, for want of one of their own. */}}
{{- define "recado.sessionsShareRedis" -}}
{{- if eq .Values.redis.mode "external" -}}
{{- if not (and .Values.redis.external.existingSecret .Values.redis.external.sessionKey) -}}yes{{- end -}}
{{- else if .Values.secrets.existingSecret -}}
{{- if not (include "recado.found" (dict "top" . "secret" .Values.secrets.existingSecret "key" "redis-session-password")) -}}yes{{- end -}}
{{- end -}}
{{- end -}}

{{- define "recado.foundForSessions" -}}
{{- $found := include "recado.found" . -}}
{{- if not $found -}}
{{- fail (printf "Sessions need the %s, and the key %s of the Secret %s cannot be read. Make it before, or make the Secret of sessions yourself and set session.existingSettingsSecret" .what .key .secret) -}}
{{- end -}}
{{- $found -}}
{{- end -}}
