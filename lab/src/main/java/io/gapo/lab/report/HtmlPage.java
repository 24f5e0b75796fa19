package io.gapo.lab.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.gapo.ops.display.UntrustedText;

/**
 * Renders the templates under {@code src/main/jte}, which escape every text, to pages that load
 * nothing and follow the color scheme.
 */
final class HtmlPage {

  /** The templates, which the build compiled to classes of this package. */
  private static final TemplateEngine TEMPLATES =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, HtmlPage.class.getClassLoader(), "io.gapo.lab.report");

  private HtmlPage() {}

  /**
   * The page as text.
   *
   * @param template its file's name
   * @param page the template's only parameter
   */
  static String of(String template, Object page) {
    StringOutput html = new StringOutput();
    TEMPLATES.render(template, page, html);
    return visible(html.toString());
  }

  /** What would steer the reader's text instead of showing in it becomes a replacement mark. */
  private static String visible(String html) {
    return html.codePoints()
        .map(character -> isPlain(character) ? character : '\uFFFD')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isPlain(int character) {
    return character == '\n' || character == '\t' || !UntrustedText.steers(character);
  }
}
