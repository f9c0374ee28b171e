import Testing

@testable import Evaluation
@testable import Report

struct EvaluationTableTests {
  @Test func lossesStandBesideTheBases() {
    let tables = MadeUpEvaluation.record().tables
    #expect(tables.count == 4)
    #expect(
      tables[0].description == """
        held-out loss
        noise level     base     this   change
        ───────────  ───────  ───────  ───────
        time 0.1     1.00000  0.50000  -50.0 %
        time 0.2     0.20000  0.30000  +50.0 %
        mean         0.60000  0.40000  -33.3 %
        """)
    // Without a loss more may be better: the difference is told, and no mean.
    #expect(tables[1].table.rows == [["top 1", "0.50000", "0.75000", "+0.25000"]])
  }

  @Test func aModelAloneHasItsFiguresAlone() {
    let tables = MadeUpEvaluation.record(base: false).tables
    #expect(tables[0].table.columns == ["noise level", "loss"])
    #expect(tables[0].table.rows.last == ["mean", "0.40000"])
    #expect(tables[1].table.columns == ["place", "figure"])
    #expect(tables[2].table.columns.first == "right" && tables[2].table.columns.count == 6)
    #expect(tables[3].table.rows.map { $0[0] } == ["samples", "held-out clips"])
  }

  @Test func whatTheBaseLacksIsADash() {
    let this = MadeUpEvaluation.losses(0.5, .nan)
    let table = this.table(beside: MadeUpEvaluation.losses(1), hasBase: true)
    #expect(table.table.rows[0] == ["time 0.1", "1.00000", "0.50000", "-50.0 %"])
    #expect(table.table.rows[1].prefix(2) == ["time 0.2", "–"] && table.table.rows[1][3] == "–")
    #expect(this.table(beside: nil, hasBase: true).table.rows[0] == ["time 0.1", "–", "0.50000", "–"])
  }

  @Test func sharesStandBesideTheBasesWithTheirRanges() {
    let table = MadeUpEvaluation.record().tables[2]
    #expect(table.title == "prompts followed by 2 samples (30 steps, guidance 1.5, seed 7)")
    #expect(
      table.table.rows[1] == [
        "shape", "1", "0.0 %", "0.0–79.3 %", "100.0 %", "20.7–100.0 %", "+100.0 points",
      ])
    #expect(table.table.rows[0].last == "+0.0 points")
    let nothing = PromptFollowing(sights: [], asked: [])
    #expect(nothing.table(beside: nothing).rows[0] == ["colour", "0", "–", "–", "–", "–", "–"])
  }

  @Test func closenessStandsBesideThatOfHeldOutClips() {
    let table = MadeUpEvaluation.record().tables[3]
    #expect(table.title == "closeness to 2 training clips of set/train.jsonl")
    #expect(table.table.rows.map { $0[0] } == ["samples", "the base's samples", "held-out clips"])
    #expect(table.table.columns.last == "above 40 dB")
    #expect(table.table.rows[0].suffix(2) == ["99.0", "1"])
  }

  @Test func theTextTellsWhatWasMeasured() {
    let record = MadeUpEvaluation.record()
    let hash = record.provenance.listHash.prefix(12)
    let lines = record.text.split(separator: "\n")
    #expect(
      lines[0] == "runs/tuned/checkpoints/step-00000004.h5 beside runs/base/checkpoints/step-00000009.h5")
    #expect(lines[1] == "measured on set/<test>.jsonl: 1 clip, list \(hash), protocol 1")
    #expect(lines.last == "closest: \"two & \"three\"\" to clips/<1>.mp4, identical")
    #expect(MadeUpEvaluation.lossesAlone.text.split(separator: "\n").count == 7)
  }
}
