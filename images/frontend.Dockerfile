# The front end: files built on the host by Node and compressed beforehand, behind nginx. `scripts/images` prepares the
# context (`pages/`, `nginx/`); the base is nginx-unprivileged, or Debian's nginx, which also brings Brotli.
ARG BASE_IMAGE=docker.io/nginxinc/nginx-unprivileged:1.28-bookworm
FROM ${BASE_IMAGE}
USER root
RUN grep -q '^recado:' /etc/passwd || { \
        echo 'recado:x:65532:65532:Recado:/tmp:/usr/sbin/nologin' >>/etc/passwd && echo 'recado:x:65532:' >>/etc/group; }
COPY nginx/ /etc/recado/
# Times are kept on purpose: nginx makes the entity tag of index.html of its time and size, and two builds may agree in size.
COPY pages/ /usr/share/recado/
WORKDIR /tmp
USER 65532:65532
ARG VERSION REVISION
LABEL org.opencontainers.image.title="recado-frontend" \
      org.opencontainers.image.description="Web inbox of Recado" \
      org.opencontainers.image.vendor="Recado" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
EXPOSE 8080
STOPSIGNAL SIGQUIT
ENTRYPOINT ["/etc/recado/start"]
