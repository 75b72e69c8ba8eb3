# Stands in for redis: Debian's Redis, with the user, the directory and the command of the official image.
FROM localhost/debian
RUN groupadd --system --gid 999 redis && useradd --system --gid redis --uid 999 redis && \
    apt-get update && apt-get install --yes --no-install-recommends redis-server && apt-get clean && \
    install --directory --owner redis --group redis /data
VOLUME /data
WORKDIR /data
EXPOSE 6379
CMD ["redis-server"]
