/// A name as a key that is compared by its bytes. Texts are compared by what they show, and file systems keep names apart
/// that show the same: Unicode lets an accented letter be one character or two.
package struct ExactName: Hashable, Sendable {
  /// The name.
  package let text: String

  /// A name.
  package init(_ text: String) { self.text = text }

  package static func == (one: ExactName, other: ExactName) -> Bool {
    one.text.utf8.elementsEqual(other.text.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
