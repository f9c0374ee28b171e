import Evaluation

/// How often clips of a class were taken for which: a row a true class, a column a predicted one, as it is drawn.
public struct ConfusionMatrix: Sendable {
  /// The names of rows and columns.
  public let names: [String]
  /// The clips, [row][column].
  public let counts: [[Int]]
  /// How many classes the last row and column stand for; 0 where each class has its own.
  public let others: Int

  /// The most rows that are drawn.
  public static let mostRows = 120

  /// The matrix of predictions. Of more than `most` classes those with the most mistakes are kept, and all others are
  /// one row and one column.
  public init(_ predictions: ClassPredictions, most: Int = mostRows) {
    precondition(most > 1, "a matrix has several rows")
    let (all, classes) = (predictions.confusion, predictions.classes)
    guard classes.count > most else {
      (names, counts, others) = (classes, all, 0)
      return
    }
    let mistakes = classes.indices.map { place in
      all[place].reduce(0, +) + all.reduce(0) { $0 + $1[place] } - 2 * all[place][place]
    }
    let kept = classes.indices.sorted { (mistakes[$1], $0) < (mistakes[$0], $1) }.prefix(most - 1).sorted()
    var rows = [Int](repeating: kept.count, count: classes.count)
    for (row, place) in kept.enumerated() { rows[place] = row }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: most), count: most)
    for (truth, row) in all.enumerated() {
      for (predicted, count) in row.enumerated() { counts[rows[truth]][rows[predicted]] += count }
    }
    self.counts = counts
    others = classes.count - kept.count
    names = kept.map { classes[$0] } + ["\(classes.count - kept.count) others"]
  }

  /// The share of a row's clips in a column; nil for a row without clips.
  func share(_ row: Int, _ column: Int) -> Double? {
    let clips = counts[row].reduce(0, +)
    return clips == 0 ? nil : Double(counts[row][column]) / Double(clips)
  }

  /// A name of so many letters at most: the middle of a longer one becomes two dots, since beginnings alone are often
  /// alike.
  static func abbreviated(_ name: String, to most: Int) -> String {
    guard name.count > most else { return name }
    let head = (most - 2 + 1) / 2
    return name.prefix(head) + ".." + name.suffix(most - 2 - head)
  }
}
