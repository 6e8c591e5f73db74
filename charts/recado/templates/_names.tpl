{{/* Names, labels and images: what nearly every template needs. */}}

{{- define "recado.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "recado.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "recado.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "recado.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Selectors never change: what may change stands in recado.labels only. Takes (dict "top" . "component" "api"). */}}
{{- define "recado.selector" -}}
app.kubernetes.io/name: {{ include "recado.name" .top }}
app.kubernetes.io/instance: {{ .top.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "recado.labels" -}}
{{ include "recado.selector" . }}
app.kubernetes.io/part-of: recado
app.kubernetes.io/version: {{ .top.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .top.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .top.Chart.Name .top.Chart.Version | replace "+" "_" | trunc 63 }}
{{- with .top.Values.global.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Takes (dict "top" . "suffix" "api" "image" .Values.api.image): one of Recado's own images. */}}
{{- define "recado.image" -}}
{{- $ours := .top.Values.image -}}
{{- $repository := .image.repository -}}
{{- if not $repository -}}
{{- $registry := default $ours.registry .top.Values.global.imageRegistry -}}
{{- $repository = printf "%s-%s" $ours.repository .suffix -}}
{{- if $registry -}}{{- $repository = printf "%s/%s" $registry $repository -}}{{- end -}}
{{- end -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default (include "recado.version" .) .image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "recado.version" -}}
{{- default .top.Chart.AppVersion .top.Values.image.tag -}}
{{- end -}}

{{/* An image of somebody else. Takes (dict "top" . "image" …). */}}
{{- define "recado.foreignImage" -}}
{{- $repository := .image.repository -}}
{{- with .top.Values.global.imageRegistry -}}
{{- $repository = printf "%s/%s" . (regexReplaceAll "^[^/]+\\.[^/]+/" $repository "") -}}
{{- end -}}
{{- if .image.digest -}}{{ printf "%s@%s" $repository .image.digest }}{{- else -}}{{ printf "%s:%s" $repository .image.tag }}{{- end -}}
{{- end -}}

{{- define "recado.namespaces" -}}
{{- default (list .Release.Namespace) .Values.operator.watchNamespaces | uniq | toJson -}}
{{- end -}}

{{- define "recado.publicUrl" -}}
{{- if .Values.publicUrl -}}
{{- .Values.publicUrl | trimSuffix "/" -}}
{{- else if .Values.ingress.enabled -}}
{{- printf "%s://%s" (ternary "https" "http" .Values.ingress.tls.enabled) .Values.ingress.host -}}
{{- else if .Values.gateway.enabled -}}
{{- printf "https://%s" .Values.gateway.host -}}
{{- else -}}
http://127.0.0.1:8080
{{- end -}}
{{- end -}}
