# Stands in for postgres:18: Debian's PostgreSQL 18 behind the entrypoint script of the official image, with the
# users, paths, variables and signal that its Dockerfile sets. The script is github.com/docker-library/postgres,
# 18/trixie at 6edb0a8, unchanged; its licence lies beside it.
FROM localhost/debian
RUN groupadd --system --gid 999 postgres && \
    useradd --system --gid postgres --uid 999 --home-dir /var/lib/postgresql --shell /bin/bash postgres && \
    install --directory --owner postgres --group postgres --mode 1777 /var/lib/postgresql
# Without a cluster of Debian's own.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-common && \
    sed -ri 's/#(create_main_cluster) .*$/\1 = false/' /etc/postgresql-common/createcluster.conf && \
    apt-get install --yes --no-install-recommends postgresql-18 && apt-get clean && \
    echo 'en_US.UTF-8 UTF-8' >> /etc/locale.gen && locale-gen
RUN sed -ri "s!^#?(listen_addresses)\s*=\s*\S+.*!\1 = '*'!" /usr/share/postgresql/18/postgresql.conf.sample && \
    install --directory --owner postgres --group postgres --mode 3777 /var/run/postgresql && \
    mkdir /docker-entrypoint-initdb.d
ENV LANG=en_US.utf8 PG_MAJOR=18 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/18/bin
ENV PGDATA=/var/lib/postgresql/18/docker
VOLUME /var/lib/postgresql
COPY --chmod=755 postgres/docker-entrypoint.sh /usr/local/bin/
ENTRYPOINT ["docker-entrypoint.sh"]
STOPSIGNAL SIGINT
EXPOSE 5432
CMD ["postgres"]
