{{/* Passwords that are made once. What the cluster has is kept; where it cannot be asked (helm template, GitOps), nothing
     is invented, for every render would change every key. Within one render the same name gives the same value. */}}
{{- define "recado.generated" -}}
{{- $known := default dict (get .top.Values "generated") -}}
{{- $_ := set .top.Values "generated" $known -}}
{{- $name := printf "%s/%s" .secret .key -}}
{{- if not (hasKey $known $name) -}}
{{- $kept := include "recado.found" . -}}
{{- if and (not $kept) (not (include "recado.hasCluster" .top)) -}}
{{- fail (printf "This render cannot ask a cluster (helm template, or GitOps), so the Secret %s would get new values each time. Make the Secret yourself and set %s" .secret .setting) -}}
{{- end -}}
{{- $_ := set $known $name (default (randAlphaNum 48) $kept) -}}
{{- end -}}
{{- get $known $name -}}
{{- end -}}

{{/* The value of a key of a Secret in the cluster; empty when there is none. Each Secret is asked for once. */}}
{{- define "recado.found" -}}
{{- $asked := default dict (get .top.Values "asked") -}}
{{- $_ := set .top.Values "asked" $asked -}}
{{- if not (hasKey $asked .secret) -}}
{{- $_ := set $asked .secret (default dict (get (lookup "v1" "Secret" .top.Release.Namespace .secret) "data")) -}}
{{- end -}}
{{- get (get $asked .secret) .key | b64dec -}}
{{- end -}}

{{/* Says yes when `lookup` reaches a cluster: the list of Secrets is an object then, even when nothing is in it or the
     namespace is still to be made. Whoever runs Helm may list them, for that is where it keeps its releases.
     .Capabilities would not tell: Argo CD fills it in without letting `lookup` ask. */}}
{{- define "recado.hasCluster" -}}
{{- if lookup "v1" "Secret" .Release.Namespace "" -}}yes{{- end -}}
{{- end -}}

{{/* The Secrets that this chart makes itself, each with the setting that names another in its place. */}}
{{- define "recado.ownSecrets" -}}
{{- $own := dict -}}
{{- if not .Values.secrets.existingSecret -}}
{{- $_ := set $own (include "recado.secret" .) "secrets.existingSecret" -}}
{{- end -}}
{{- if and (eq .Values.postgresql.mode "cnpg") (not .Values.postgresql.cnpg.ownerSecret) -}}
{{- $_ := set $own (include "recado.cnpgOwnerSecret" .) "postgresql.cnpg.ownerSecret" -}}
{{- end -}}
{{- toJson $own -}}
{{- end -}}

{{/* A hash of everything secret in the variables of a container, so that its pods follow when a Secret is changed and the
     release upgraded. Empty where the cluster cannot be asked. Takes (dict "top" . "env" "<yaml>"). */}}
{{- define "recado.secretsChecksum" -}}
{{- $own := include "recado.ownSecrets" .top | fromJson -}}
{{- $values := list -}}
{{- range .env | fromYamlArray -}}
{{- with dig "valueFrom" "secretKeyRef" dict . -}}
{{- $place := dict "top" $.top "secret" .name "key" .key "setting" (get $own .name) -}}
{{- $values = append $values (include (ternary "recado.generated" "recado.found" (hasKey $own .name)) $place) -}}
{{- end -}}
{{- end -}}
{{- if join "" $values -}}
{{- toJson $values | sha256sum -}}
{{- end -}}
{{- end -}}
