package io.gapo.lab.report;

import java.awt.Color;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.knowm.xchart.XYChart;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Writes a chart as SVG that reads aloud its title, scales with its frame, and turns dark with the
 * reader's color scheme. Text is drawn as outlines, so that it looks the same everywhere.
 */
final class ChartSvg {

  private static final String NAMESPACE = "http://www.w3.org/2000/svg";
  private static final Pattern RGB = Pattern.compile("rgb\\((\\d+),(\\d+),(\\d+)\\)");

  /** In decimals of a pixel. */
  private static final int PRECISION = 1;

  private ChartSvg() {}

  /**
   * Draws.
   *
   * @param name prefix of all ids, so that several charts can share a page
   * @param description what a reader who cannot see the chart is told
   */
  static Chart of(XYChart chart, String name, String title, String description) {
    Document document = emptyDocument();
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
    context.setPrecision(PRECISION);
    context.setComment(null);
    context.setIDGenerator(new PrefixedIds(name));
    SVGGraphics2D graphics = new SVGGraphics2D(context, false);
    chart.paint(graphics, chart.getWidth(), chart.getHeight());
    Element root = graphics.getRoot();
    root.removeAttribute("xmlns:xlink");
    root.setAttribute("viewBox", "0 0 %s %s".formatted(chart.getWidth(), chart.getHeight()));
    root.setAttribute("width", String.valueOf(chart.getWidth()));
    root.setAttribute("height", String.valueOf(chart.getHeight()));
    for (Element element : elements(root)) {
      recolor(element, "fill");
      recolor(element, "stroke");
      dropIfEmpty(element);
    }
    describe(root, name, title, description);
    return new Chart(name, title, text(root));
  }

  private static final class PrefixedIds extends SVGIDGenerator {

    private final String prefix;

    PrefixedIds(String prefix) {
      this.prefix = prefix + "-";
    }

    @Override
    public String generateID(String kind) {
      return super.generateID(prefix + kind);
    }
  }

  private static Document emptyDocument() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument(NAMESPACE, "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the JDK has no XML parser", e);
    }
  }

  private static List<Element> elements(Element root) {
    List<Element> elements = new ArrayList<>();
    elements.add(root);
    NodeList all = root.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      elements.add((Element) all.item(i));
    }
    return elements;
  }

  /** The light color stays as attribute, for viewers without style sheets. */
  private static void recolor(Element element, String attribute) {
    Color painted =
        switch (element.getAttribute(attribute)) {
          case "white" -> Color.WHITE;
          case "black" -> ChartColor.TEXT.paint();
          default -> rgb(element.getAttribute(attribute));
        };
    ChartColor.of(painted)
        .ifPresent(
            color -> {
              String style = attribute.equals("fill") ? color.fillClass() : color.strokeClass();
              String classes = element.getAttribute("class");
              element.setAttribute(attribute, color.light());
              element.setAttribute("class", classes.isEmpty() ? style : classes + " " + style);
            });
  }

  private static Color rgb(String value) {
    Matcher matcher = RGB.matcher(value);
    return matcher.matches()
        ? new Color(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3)))
        : new Color(0, true);
  }

  private static void dropIfEmpty(Element element) {
    Node parent = element.getParentNode();
    if (element.getTagName().equals("defs") && !element.hasChildNodes() && parent != null) {
      parent.removeChild(element);
    }
  }

  private static void describe(Element root, String name, String title, String description) {
    Document document = root.getOwnerDocument();
    root.setAttribute("role", "img");
    root.setAttribute("aria-labelledby", name + "-title " + name + "-description");
    Node first = root.getFirstChild();
    Element style = document.createElementNS(NAMESPACE, "style");
    style.setTextContent(ChartColor.styleSheet());
    root.insertBefore(named(document, "title", name, title), first);
    root.insertBefore(named(document, "desc", name, description), first);
    root.insertBefore(style, first);
  }

  private static Element named(Document document, String tag, String name, String text) {
    Element element = document.createElementNS(NAMESPACE, tag);
    element.setAttribute("id", name + (tag.equals("title") ? "-title" : "-description"));
    element.setTextContent(text);
    return element;
  }

  private static String text(Element root) {
    StringWriter text = new StringWriter();
    try {
      Transformer transformer = TransformerFactory.newInstance().newTransformer();
      transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
      transformer.transform(new DOMSource(root), new StreamResult(text));
    } catch (TransformerException e) {
      throw new IllegalStateException("cannot write a chart as XML", e);
    }
    return text.toString();
  }
}
