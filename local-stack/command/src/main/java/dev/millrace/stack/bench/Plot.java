package dev.millrace.stack.bench;

import java.util.List;
import java.util.Locale;

/** Plots as SVG, on white, with no fonts or scripts of their own. */
final class Plot {
    private static final List<String> COLOURS =
            List.of("#1b6ca8", "#d1603d", "#3f8f5b", "#8e5ea2", "#b08900", "#5f6b73", "#c2497f", "#2aa5a0");
    private static final String TEXT = "#222222";
    private static final String FAINT = "#d8d8d8";
    private static final int WIDTH = 900;
    private static final int BAR_HEIGHT = 22;
    private static final int BAR_STEP = 34;
    private static final int LABELS = 220;
    private static final int TOP = 60;
    private static final int BOTTOM = 60;
    private static final int LINES_HEIGHT = 480;
    private static final int LINES_LEFT = 90;
    private static final int LEGEND = 210;
    private static final int TICKS = 5;

    private Plot() {}

    /**
     * A bar.
     *
     * @param remark written behind it
     */
    record Bar(String label, double value, String remark) {}

    /** A line through points from left to right. */
    record Line(String label, List<Dot> dots) {}

    /** @param x greater than 0 */
    record Dot(double x, double y) {}

    /** Bars from left to right, one below the other. */
    static String bars(String title, String axis, List<Bar> bars) {
        double most = ceiling(bars.stream().mapToDouble(Bar::value).max().orElse(0));
        int height = TOP + bars.size() * BAR_STEP + BOTTOM;
        double room = WIDTH - LABELS - 150;
        Svg svg = new Svg(WIDTH, height, title);
        int bottom = height - BOTTOM;
        for (int tick = 0; tick <= TICKS; tick++) {
            double x = LABELS + room * tick / TICKS;
            svg.line(x, TOP - 10, x, bottom, FAINT, 1);
            svg.text(x, bottom + 18, "middle", number(most * tick / TICKS));
        }
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            double y = TOP + i * BAR_STEP;
            double width = room * bar.value() / most;
            svg.text(LABELS - 10, y + BAR_HEIGHT - 6, "end", bar.label());
            svg.bar(LABELS, y, width, BAR_HEIGHT, COLOURS.get(0));
            svg.text(LABELS + width + 8, y + BAR_HEIGHT - 6, "start", bar.remark());
        }
        svg.line(LABELS, TOP - 10, LABELS, bottom, TEXT, 1);
        svg.text(LABELS + room / 2, height - 14, "middle", axis);
        return svg.end();
    }

    /** Lines over a logarithmic x axis and a y axis that begins at 0. */
    static String lines(String title, String xAxis, String yAxis, List<Line> lines) {
        List<Dot> dots = lines.stream().flatMap(line -> line.dots().stream()).toList();
        double least = Math.log10(dots.stream().mapToDouble(Dot::x).min().orElse(1));
        double most = Math.log10(dots.stream().mapToDouble(Dot::x).max().orElse(1));
        double span = most > least ? most - least : 1;
        double ceiling = ceiling(dots.stream().mapToDouble(Dot::y).max().orElse(0));
        double right = WIDTH - LEGEND - 30;
        double bottom = LINES_HEIGHT - BOTTOM;
        Svg svg = new Svg(WIDTH, LINES_HEIGHT, title);
        for (int tick = 0; tick <= TICKS; tick++) {
            double y = bottom - (bottom - TOP) * tick / TICKS;
            svg.line(LINES_LEFT, y, right, y, FAINT, 1);
            svg.text(LINES_LEFT - 8, y + 4, "end", number(ceiling * tick / TICKS));
        }
        for (double x : dots.stream().mapToDouble(Dot::x).distinct().sorted().toArray()) {
            double at = LINES_LEFT + 20 + (right - LINES_LEFT - 40) * (Math.log10(x) - least) / span;
            svg.line(at, bottom, at, bottom + 5, TEXT, 1);
            svg.text(at, bottom + 20, "middle", number(x));
        }
        svg.line(LINES_LEFT, bottom, right, bottom, TEXT, 1);
        svg.line(LINES_LEFT, TOP, LINES_LEFT, bottom, TEXT, 1);
        for (int i = 0; i < lines.size(); i++) {
            String colour = COLOURS.get(i % COLOURS.size());
            double lastX = 0;
            double lastY = 0;
            List<Dot> its = lines.get(i).dots();
            for (int j = 0; j < its.size(); j++) {
                double x = LINES_LEFT
                        + 20
                        + (right - LINES_LEFT - 40) * (Math.log10(its.get(j).x()) - least) / span;
                double y = bottom - (bottom - TOP) * its.get(j).y() / ceiling;
                if (j > 0) {
                    svg.line(lastX, lastY, x, y, colour, 2);
                }
                svg.dot(x, y, colour);
                lastX = x;
                lastY = y;
            }
            double y = TOP + 10 + i * 24;
            svg.line(right + 20, y, right + 44, y, colour, 3);
            svg.text(right + 52, y + 4, "start", lines.get(i).label());
        }
        svg.text((LINES_LEFT + right) / 2, LINES_HEIGHT - 14, "middle", xAxis);
        svg.turnedText(22, (TOP + bottom) / 2, yAxis);
        return svg.end();
    }

    /** The least of some round numbers that is not below. */
    static double ceiling(double value) {
        if (value <= 0) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8}) {
            if (value <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }

    /** As in 250, 1.5k, 2M. */
    static String number(double value) {
        if (value >= 1e6) {
            return plain(value / 1e6) + "M";
        }
        return value >= 1e3 ? plain(value / 1e3) + "k" : plain(value);
    }

    private static String plain(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    /** What is drawn so far. */
    private static final class Svg {
        private final StringBuilder text = new StringBuilder();

        Svg(int width, int height, String title) {
            add(
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                            + " font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\">",
                    width, height, width, height);
            add("<title>%s</title>", escaped(title));
            add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
            add(
                    "<text x=\"%d\" y=\"28\" text-anchor=\"middle\" font-size=\"17\" font-weight=\"bold\" fill=\"%s\">%s</text>",
                    width / 2, TEXT, escaped(title));
        }

        void line(double x1, double y1, double x2, double y2, String colour, int width) {
            add(
                    "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%d\"/>",
                    x1, y1, x2, y2, colour, width);
        }

        void bar(double x, double y, double width, double height, String colour) {
            add(
                    "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
                    x, y, width, height, colour);
        }

        void dot(double x, double y, String colour) {
            add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", x, y, colour);
        }

        void text(double x, double y, String anchor, String words) {
            add(
                    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>",
                    x, y, anchor, TEXT, escaped(words));
        }

        /** From below to above. */
        void turnedText(double x, double y, String words) {
            add(
                    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" fill=\"%s\" transform=\"rotate(-90 %.1f %.1f)\">%s</text>",
                    x, y, TEXT, x, y, escaped(words));
        }

        String end() {
            return text.append("</svg>\n").toString();
        }

        private void add(String pattern, Object... values) {
            text.append(String.format(Locale.ROOT, pattern, values)).append('\n');
        }

        private static String escaped(String words) {
            return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        }
    }
}
