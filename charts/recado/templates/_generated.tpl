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

{{/* The value of a key of a Secret in the cluster; empty when there is none. */}}
{{- define "recado.found" -}}
{{- $found := lookup "v1" "Secret" .top.Release.Namespace .secret -}}
{{- dig "data" .key "" (default dict $found) | b64dec -}}
{{- end -}}

{{/* Says yes when `lookup` reaches a cluster: the list of Secrets is an object then, even when nothing is in it or the
     namespace is still to be made. Whoever runs Helm may list them, for that is where it keeps its releases.
     .Capabilities would not tell: Argo CD fills it in without letting `lookup` ask. */}}
{{- define "recado.hasCluster" -}}
{{- if lookup "v1" "Secret" .Release.Namespace "" -}}yes{{- end -}}
{{- end -}}
