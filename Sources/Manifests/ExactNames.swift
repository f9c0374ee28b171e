/// Finds names that are one text in two ways: Unicode lets an accented letter be one character or two, a file system
/// keeps such names apart, and all that compares texts takes them for the same.
struct ExactNames {
  /// Names that are not plain ASCII, by what they are compared by.
  private var names: Set<String> = []

  /// A name that was given before, is the same text and has other bytes.
  mutating func lookAlike(of name: String) -> String? {
    if name.utf8.allSatisfy({ $0 < 0x80 }) { return nil }
    let (isNew, known) = names.insert(name)
    return isNew || known.utf8.elementsEqual(name.utf8) ? nil : known
  }
}
