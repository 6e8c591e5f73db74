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
{{- if and .sentryDsn (not .sentrySecret.name) -}}{{- $_ := set $settings "SENTRY_DSN" .sentryDsn -}}{{- end -}}
{{- end -}}
{{- $settings = mergeOverwrite $settings .Values.session.extraSettings -}}
{{- range $name := keys $settings | sortAlpha }}
{{ $name }}: {{ get $settings $name | toString | quote }}
{{- end }}
{{- end -}}

{{/* Sessions get values, not references, so a URI in a Secret must be read here. */}}
{{- define "recado.sessionRedis" -}}
{{- $external := .Values.redis.external -}}
{{- if eq .Values.redis.mode "external" -}}
{{- if $external.existingSecret -}}
{{- $uri := include "recado.found" (dict "top" . "secret" $external.existingSecret "key" $external.key) -}}
{{- if not $uri -}}
{{- fail (printf "Sessions need the URI of Redis, and the key %s of the Secret %s cannot be read. Make it before, or make the Secret of sessions yourself and set session.existingSettingsSecret" $external.key $external.existingSecret) -}}
{{- end -}}
{{- $uri -}}
{{- else -}}
{{- required "redis.external.uri or redis.external.existingSecret is needed with redis.mode=external" $external.uri -}}
{{- end -}}
{{- else -}}
{{- $place := dict "top" . "secret" (include "recado.secret" .) "key" "redis-password" "setting" "secrets.existingSecret" -}}
{{- $password := "" -}}
{{- if .Values.secrets.existingSecret -}}
{{- $password = include "recado.found" $place -}}
{{- if not $password -}}
{{- fail (printf "Sessions need the password of Redis, and the key redis-password of the Secret %s cannot be read. Make it before, or make the Secret of sessions yourself and set session.existingSettingsSecret" .Values.secrets.existingSecret) -}}
{{- end -}}
{{- else -}}
{{- $password = include "recado.generated" $place -}}
{{- end -}}
{{- printf "redis://:%s@%s:6379/0" $password (include "recado.redisHost" .) -}}
{{- end -}}
{{- end -}}
