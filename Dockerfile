# syntax=docker/dockerfile:1
FROM oven/bun:1.4.5 AS dependencies
WORKDIR /app
COPY package.json bun.lock bunfig.toml ./
RUN bun install --frozen-lockfile --production

FROM oven/bun:1.4.5
# git: clones, patches, pushes. bubblewrap: the sandbox of tasks. The target's own toolchain goes into an image that
# begins with FROM this one.
RUN apt-get update \
  && apt-get install -y --no-install-recommends git bubblewrap ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY db db
COPY prompts prompts
COPY src src
RUN mkdir /data && chown bun:bun /data
USER bun
ENV DATA_DIR=/data HOST=0.0.0.0 PORT=3000 CONFIG=/etc/flaky/flaky.yaml
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["bun", "-e", "const r = await fetch(`http://127.0.0.1:${process.env.PORT}/healthz`); process.exit(r.ok ? 0 : 1)"]
ENTRYPOINT ["bun", "src/main.ts"]
CMD ["start"]
