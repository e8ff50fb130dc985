package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.stack.bench.Plot.Bar;
import dev.millrace.stack.bench.Plot.Dot;
import dev.millrace.stack.bench.Plot.Line;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PlotTest {
    @Test
    void everyBarHasItsLengthLabelAndRemark() throws Exception {
        Document svg = parse(Plot.bars(
                "Throughput <all> & sundry",
                "events/s",
                List.of(new Bar("limit", 400, "400 (100%)"), new Bar("stitch-heap", 100, "100 (25%)"))));

        List<Element> bars = all(svg, "rect").stream()
                .filter(rect -> rect.getAttribute("class").equals("bar"))
                .toList();
        assertThat(bars).hasSize(2);
        assertThat(number(bars.get(1), "width")).isCloseTo(number(bars.get(0), "width") / 4, within(0.1));
        assertThat(words(svg))
                .contains("Throughput <all> & sundry", "events/s", "limit", "stitch-heap", "100 (25%)", "400", "0");
    }

    @Test
    void everyLineHasItsDotsAndIsNamed() throws Exception {
        Document svg = parse(Plot.lines(
                "Scaling",
                "identifiers",
                "microseconds",
                List.of(
                        new Line("heap", List.of(new Dot(10_000, 10), new Dot(1_000_000, 20))),
                        new Line(
                                "rocksdb",
                                List.of(new Dot(10_000, 30), new Dot(100_000, 30), new Dot(1_000_000, 40))))));

        List<Element> dots = all(svg, "circle");
        assertThat(dots).hasSize(5);
        // On the logarithmic axis, 100k is in the middle of 10k and 1M.
        assertThat(number(dots.get(3), "cx"))
                .isCloseTo((number(dots.get(2), "cx") + number(dots.get(4), "cx")) / 2, within(0.2));
        assertThat(number(dots.get(1), "cy")).isLessThan(number(dots.get(0), "cy"));
        assertThat(words(svg))
                .contains("Scaling", "identifiers", "microseconds", "heap", "rocksdb", "10k", "100k", "1M", "40");
    }

    @Test
    void nothingToShowIsStillAPlot() throws Exception {
        assertThat(all(parse(Plot.bars("Empty", "x", List.of(new Bar("none", 0, "0")))), "rect"))
                .hasSize(2);
        assertThat(all(
                        parse(Plot.lines("Empty", "x", "y", List.of(new Line("one", List.of(new Dot(5, 0)))))),
                        "circle"))
                .hasSize(1);
        assertThat(all(parse(Plot.lines("Empty", "x", "y", List.of())), "circle"))
                .isEmpty();
    }

    @Test
    void axesEndAtRoundNumbers() {
        assertThat(Plot.ceiling(437_000)).isEqualTo(500_000);
        assertThat(Plot.ceiling(100)).isEqualTo(100);
        assertThat(Plot.ceiling(9.1)).isEqualTo(10);
        assertThat(Plot.ceiling(0.012)).isEqualTo(0.015, within(1e-12));
    }

    @Test
    void numbersAreShort() {
        assertThat(Plot.number(5_000_000)).isEqualTo("5M");
        assertThat(Plot.number(1_500)).isEqualTo("1.5k");
        assertThat(Plot.number(100_000)).isEqualTo("100k");
        assertThat(Plot.number(0.25)).isEqualTo("0.25");
        assertThat(Plot.number(0)).isEqualTo("0");
    }

    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static List<Element> all(Document svg, String name) {
        NodeList nodes = svg.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static List<String> words(Document svg) {
        return all(svg, "text").stream().map(Element::getTextContent).toList();
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }
}
