import Testing

@testable import Report

struct TextTableTests {
  @Test func numbersStandToTheRight() {
    let table = TextTable(
      columns: ["noise level", "loss", "clips"],
      rows: [["time 0.1", "0.91", "64"], ["mean", "12.50", "–"], ["worst", "-1", "7"]])
    #expect(
      table.description == """
        noise level   loss  clips
        ───────────  ─────  ─────
        time 0.1      0.91     64
        mean         12.50      –
        worst           -1      7
        """)
  }

  @Test func wordsStandToTheLeftAndLinesEndWithoutBlanks() {
    let table = TextTable(columns: ["a", "what it is"], rows: [["1", "x"], ["22", ""]])
    #expect(
      table.description.split(separator: "\n").map(String.init) == [
        " a  what it is", "──  ──────────", " 1  x", "22",
      ])
  }

  @Test func aTableWithoutRowsIsItsHead() {
    #expect(TextTable(columns: ["name", "n"], rows: []).description == "name  n\n────  ─")
  }

  @Test func lettersBeyondASCIIAreOneColumnWide() {
    let lines = TextTable(columns: ["é", "n"], rows: [["größer", "1"], ["x", "2"]]).description.split(
      separator: "\n")
    #expect(Set(lines.map(\.count)) == [9])
  }

  @Test func markdownAlignsNumbersToTheRight() {
    let table = TextTable(columns: ["kernel", "ms"], rows: [["fill", "0.5"], ["add", "12"]])
    #expect(table.markdown == "| kernel | ms |\n| --- | ---: |\n| fill | 0.5 |\n| add | 12 |")
  }
}
