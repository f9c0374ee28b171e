/// What is known of recipes beside the declaration that is being read: what other recipes may have, and what keys were
/// called in older versions.
package struct Knowledge: Sendable {
  /// Every field that a recipe like the given one may have, as one object.
  package let table: @Sendable (JSON) -> Field
  /// What to do about the unknown key at a path, where more is known of it than its spelling.
  package let remedy: @Sendable (_ path: String) -> String?

  package init(
    table: @escaping @Sendable (JSON) -> Field, remedy: @escaping @Sendable (_ path: String) -> String?
  ) {
    self.table = table
    self.remedy = remedy
  }
}
