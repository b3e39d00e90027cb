# The sidecar as an image. Two targets:
#   docker build -t crossfade .                                    the sidecar alone
#   docker build -t crossfade:models --target with-models .       with the in-process embedding models
# It needs a configuration at /etc/crossfade/crossfade.yaml, and keeps its state in /var/lib/crossfade. The data and admin
# listeners are for this machine only unless the configuration says otherwise: see docs/configuration.md, "listeners".

FROM eclipse-temurin:17-jdk AS build
RUN useradd --create-home --uid 10001 build && mkdir /home/build/crossfade && chown build /home/build/crossfade
USER build
WORKDIR /home/build/crossfade
COPY --chown=build . .
RUN ./mvnw -B -q -pl :crossfade-sidecar -am package -Dmaven.test.skip

FROM eclipse-temurin:25-jre AS base
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin crossfade \
    && mkdir -p /opt/crossfade/models /etc/crossfade /var/lib/crossfade \
    && chown crossfade /var/lib/crossfade
COPY --from=build /home/build/crossfade/proxy/sidecar/target/crossfade.jar /opt/crossfade/crossfade.jar
COPY --from=build /home/build/crossfade/LICENSE /opt/crossfade/LICENSE
# The classes of a start, in the middle of a migration too, read and checked beforehand: it halves the time. The archive fits
# this Java, this jar in this place, and the same collector; if anything differs it is ignored. That the image works is shown
# by the way.
RUN java -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -XX:ArchiveClassesAtExit=/opt/crossfade/crossfade.jsa -Xlog:cds*=off \
    -cp /opt/crossfade/crossfade.jar io.crossfade.proxy.Main \
    rehearse --data /tmp/archive \
    && rm -r /tmp/archive
# The tokenizers unpack a native library, once, and need not ask the network what machine this is. Memory that native code
# has freed goes back to the system.
ENV DJL_CACHE_DIR=/var/lib/crossfade/djl OPT_OUT_TRACKING=true MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072
USER 10001
WORKDIR /var/lib/crossfade
VOLUME /var/lib/crossfade
EXPOSE 7400 7401 7402
# Ready: the routes are known and the journals open. It depends on neither engine.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/7402 && printf 'GET /ready HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
# Half of the memory for the heap: network buffers, RocksDB and Lucene's mapped files live outside it. The second compiler is
# left for what calls need, not what a start does once. More options of the Java machine: JDK_JAVA_OPTIONS.
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:Tier4InvocationThreshold=20000", "-XX:Tier4MinInvocationThreshold=3000", \
    "-XX:Tier4CompileThreshold=60000", "-Xms32m", "-XX:MaxRAMPercentage=50", \
    "-XX:MinHeapFreeRatio=10", "-XX:MaxHeapFreeRatio=30", "-Xss512k", "-XX:+ExitOnOutOfMemoryError", \
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", \
    "-XX:SharedArchiveFile=/opt/crossfade/crossfade.jsa", "-Xlog:cds*=off", \
    "-cp", "/opt/crossfade/crossfade.jar:/opt/crossfade/models/*", "io.crossfade.proxy.Main"]
CMD ["serve", "--config", "/etc/crossfade/crossfade.yaml"]

FROM base AS with-models
COPY --from=build /home/build/crossfade/proxy/sidecar/target/models/ /opt/crossfade/models/

# The last target is what a plain build makes.
FROM base
