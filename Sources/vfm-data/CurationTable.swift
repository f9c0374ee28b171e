import Curation
import Foundation
import Report

/// How many spans and seconds were kept, and what became of the others.
struct CurationTable: CustomStringConvertible {
  private let spans: [CuratedSpan]

  init(_ spans: [CuratedSpan]) { self.spans = spans }

  var description: String {
    let groups = Dictionary(grouping: spans) { $0.drop?.rule ?? "" }
    let rules = groups.keys.filter { !$0.isEmpty }.sorted {
      (-groups[$0]!.count, $0) < (-groups[$1]!.count, $1)
    }
    let rows = [("kept", groups[""] ?? [])] + rules.map { ("dropped: \($0)", groups[$0]!) } + [("all", spans)]
    return TextTable(
      columns: ["", "spans", "seconds", "clips"],
      rows: rows.map { name, spans in
        [
          name, "\(spans.count)", String(format: "%.1f", spans.reduce(0) { $0 + $1.seconds }),
          "\(Set(spans.map(\.entry.name)).count)",
        ]
      }
    ).description
  }
}
