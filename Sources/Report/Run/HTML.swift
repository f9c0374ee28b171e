/// Text made safe for a page.
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
}
