package dev.berth.standalone.options;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a server listens: {@code 127.0.0.1:1234} or {@code [::1]:1234}. */
public record ListenAddress(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]\\s]+):([0-9]{1,5})");
    private static final int PORT_MAX = 65_535;

    static ListenAddress parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > PORT_MAX) {
            throw new TypeConversionException("'" + text + "' is not of the form ADDR:PORT");
        }
        String host = matcher.group(1).replaceAll("[\\[\\]]", "");
        return new ListenAddress(host, Integer.parseInt(matcher.group(2)));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** For the parser. */
    public static final class Converter implements ITypeConverter<ListenAddress> {
        @Override
        public ListenAddress convert(String text) {
            return parse(text);
        }
    }
}
