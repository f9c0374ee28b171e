/// Finds the word that was probably meant.
public enum Spelling {
  /// The nearest of the known words, at most two slips away (one in a word of three letters); case does not
  /// count.
  public static func nearest(to word: String, among known: [String]) -> String? {
    let limit = word.count <= 3 ? 1 : 2
    let distances = known.map { (word: $0, slips: slips(from: word.lowercased(), to: $0.lowercased())) }
    return distances.filter { $0.slips <= limit }.min { $0.slips < $1.slips }?.word
  }

  /// The least number of letters left out, put in, changed, or swapped with their neighbour that lead from
  /// one word to the other (optimal string alignment); words whose lengths differ by more than two are simply
  /// far apart.
  package static func slips(from first: String, to second: String) -> Int {
    let first = Array(first.utf8)
    let second = Array(second.utf8)
    guard abs(first.count - second.count) <= 2 else { return .max }
    var earlier: [Int] = []
    var above = Array(0...second.count)
    for (i, a) in first.enumerated() {
      var row = [i + 1]
      for (j, b) in second.enumerated() {
        var slips = min(row[j] + 1, above[j + 1] + 1, above[j] + (a == b ? 0 : 1))
        if i > 0, j > 0, a == second[j - 1], b == first[i - 1] { slips = min(slips, earlier[j - 1] + 1) }
        row.append(slips)
      }
      (earlier, above) = (above, row)
    }
    return above[second.count]
  }
}
