/// Text made safe for a page, and tables of it.
enum HTML {
  /// The text with the characters that mean something to HTML replaced, for content and quoted attributes alike; control
  /// characters, which a page must not hold, become the replacement character.
  static func escaped(_ text: some StringProtocol) -> String {
    var safe = ""
    safe.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      case "\n", "\t": safe.unicodeScalars.append(scalar)
      case "\u{0}"..<"\u{20}", "\u{7F}": safe += "\u{FFFD}"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }

  /// A whole page.
  /// - Parameters:
  ///   - css: what it needs beyond the style of all reports.
  ///   - parts: of its body, in HTML; empty ones are left out.
  static func page(title: String, css: String? = nil, _ parts: [String]) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(escaped(title))</title>
    <style>
    \([ReportStyle.css, css].compactMap { $0 }.joined(separator: "\n"))
    </style>
    </head>
    <body>
    <main>
    \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }
}
