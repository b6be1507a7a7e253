# Build: docker build -t firstline .          (podman build works too)
# Run:   docker run -p 8080:8080 -v firstline:/data -e ADMIN_TOKEN=at-least-16-characters firstline
# Every setting is an environment variable. A Hugging Face Space needs PORT=7860 among its variables.
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates gcc git libc6-dev make nodejs npm
WORKDIR /src
COPY . .
RUN make && make install prefix=/usr DESTDIR=/out

FROM debian:bookworm-slim
RUN apt-get update \
        && apt-get install -y --no-install-recommends ca-certificates libcurl4 libgnutls30 libjansson4 liblinear4 libmd4c0 libmicrohttpd12 \
                libsqlite3-0 libssl3 libstdc++6 libutf8proc2 \
        && rm -rf /var/lib/apt/lists/* \
        && useradd --uid 1000 --create-home --home-dir /data --shell /usr/sbin/nologin firstline
COPY --from=build /out/usr /usr
# 0.0.0.0 is refused without an ADMIN_TOKEN, so a container that was given none says so and stops.
ENV HOST=0.0.0.0 PORT=8080 LOG_FORMAT=json DATABASE_URL=sqlite:/data/firstline.db
USER firstline
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/usr/bin/firstline"]
CMD ["serve"]
