# One image for all services and for simulated pageservers: the command names the main class and its arguments.
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN ./berth build \
    && mkdir -p /out \
    && tr ':' '\n' < standalone/target/classpath | xargs -I '{}' cp '{}' /out/ \
    && cp standalone/target/berth-standalone-*.jar /out/

FROM eclipse-temurin:25-jre
RUN useradd --create-home --uid 10001 berth && mkdir -p /var/lib/berth && chown berth /var/lib/berth
COPY --from=build /out /opt/berth
USER berth
WORKDIR /var/lib/berth
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:MaxInlineLevel=6", "-XX:FreqInlineSize=80", "-XX:InlineSmallCode=800", "-cp", "/opt/berth/*"]
CMD ["dev.berth.standalone.Berth", "--help"]
