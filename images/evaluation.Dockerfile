# PostgreSQL and Redis from Debian's packages, to try Recado out in a cluster that reaches no registry. They take the
# settings of the official images, which are the chart's default. For production use a database that somebody looks after.
ARG BASE_IMAGE=localhost/recado-base
FROM ${BASE_IMAGE} AS evaluation
RUN grep -q '^recado:' /etc/passwd || { \
        echo 'recado:x:65532:65532:Recado:/tmp:/usr/sbin/nologin' >>/etc/passwd && echo 'recado:x:65532:' >>/etc/group; }
ARG VERSION REVISION
LABEL org.opencontainers.image.vendor="Recado" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM evaluation AS postgres
LABEL org.opencontainers.image.title="recado-postgres" \
      org.opencontainers.image.description="PostgreSQL 15 for trying Recado out"
COPY postgres /usr/local/bin/start
RUN mkdir -p /var/lib/postgresql/data && chown 65532:65532 /var/lib/postgresql/data
ENV PATH=/usr/lib/postgresql/15/bin:$PATH PGDATA=/var/lib/postgresql/data/pgdata PGHOST=/tmp HOME=/tmp
WORKDIR /tmp
USER 65532:65532
VOLUME /var/lib/postgresql/data
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["/usr/local/bin/start"]

FROM evaluation AS redis
LABEL org.opencontainers.image.title="recado-redis" \
      org.opencontainers.image.description="Redis 7 for trying Recado out"
COPY redis /usr/local/bin/start
RUN mkdir -p /data && chown 65532:65532 /data
ENV HOME=/tmp
WORKDIR /data
USER 65532:65532
VOLUME /data
EXPOSE 6379
ENTRYPOINT ["/usr/local/bin/start"]
