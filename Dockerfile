# One image for the API, the worker and the migrations: which of them it is, the command says.
# The version is that of the devDependency `node`; to pin the bytes as well, add @sha256:... to both lines.
ARG NODE_VERSION=26.10.0

FROM node:${NODE_VERSION}-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json prisma.config.ts ./
COPY prisma ./prisma
# Without what only development needs (the compiler, the test runner, Node from npm) and without what is
# optional (the binaries of the embedded PostgreSQL). The script that npm runs at the end makes the Prisma client.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund
# Two thirds of what is left serve other databases, Prisma's own pages and debuggers.
RUN rm -rf node_modules/@electric-sql node_modules/elkjs node_modules/react-dom && \
    find node_modules/@prisma/client/runtime -name 'query_compiler_*' \
      ! -name 'query_compiler_fast_bg.postgresql.*' -delete && \
    find node_modules -name '*.map' -delete

# What browsers load: the client that every API serves as one file, and the console. The bundlers, which development
# needs, stay in this stage.
FROM node:${NODE_VERSION}-slim AS browser
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tools/client ./tools/client
COPY src/client ./src/client
RUN node tools/client/build.ts src/client/dist
COPY tsconfig.json ./
COPY tools/console ./tools/console
COPY web ./web
RUN node tools/console/build.ts

FROM node:${NODE_VERSION}-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json prisma.config.ts ./
COPY prisma ./prisma
COPY workers ./workers
COPY src ./src
COPY --from=dependencies /app/src/storage/generated ./src/storage/generated
COPY --from=browser /app/src/client/dist ./src/client/dist
COPY --from=browser /app/web/dist ./web/dist
# Everything above belongs to root: the process can read it and change none of it.
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# Whether the process answers, not whether its database does: who restarts what is unhealthy must not restart
# every API because the database is away. The worker and the migrations have their own in docker-compose.yml.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live', { signal: AbortSignal.timeout(4000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/server.ts"]
