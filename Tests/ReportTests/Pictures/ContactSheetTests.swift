import Testing
import Video

@testable import Report

struct ContactSheetTests {
  private func clip(_ frames: Int, _ width: Int, _ height: Int, tone: UInt8 = 0) -> [Picture] {
    (0..<frames).map { Picture(width: width, height: height, fill: (UInt8($0 * 10), tone, 200)) }
  }

  @Test(arguments: [
    (32, 32, 96, 96), (16, 8, 96, 48), (100, 60, 100, 60), (95, 1, 190, 2), (832, 480, 277, 160),
  ])
  func framesAreEnlargedOrReducedByWholeFactors(
    _ width: Int, _ height: Int, _ shownWidth: Int, _ shownHeight: Int
  ) {
    let sheet = ContactSheet.picture(rows: [clip(3, width, height)])
    #expect(sheet.width == 2 * ContactSheet.margin + 2 + 3 * (shownWidth + 2))
    #expect(sheet.height == 2 * ContactSheet.margin + 4 + shownHeight)
  }

  @Test func framesStandInOrderWithGaps() {
    let rows = [clip(3, 4, 4, tone: 1), clip(2, 4, 4, tone: 2)]
    let sheet = ContactSheet.picture(rows: rows, scale: 5, gap: 1)
    let margin = ContactSheet.margin
    #expect(sheet.width == 2 * margin + 1 + 3 * 21)
    #expect(sheet.height == 2 * margin + 2 * 22 + ContactSheet.rowGap)
    for (row, frames) in rows.enumerated() {
      let top = margin + row * (22 + ContactSheet.rowGap)
      for (column, frame) in frames.enumerated() {
        let left = margin + 1 + column * 21
        for (x, y) in [(0, 0), (19, 0), (0, 19), (19, 19)] {
          #expect(sheet[left + x, top + 1 + y] == frame[0, 0])
        }
        #expect(sheet[left - 1, top] == ContactSheet.line)
        #expect(sheet[left + 20, top + 10] == ContactSheet.line)
      }
    }
    // Where the second row has no third frame there is paper.
    #expect(sheet[sheet.width - margin - 5, sheet.height - margin - 5] == ContactSheet.paper)
    #expect(sheet[0, 0] == ContactSheet.paper)
  }

  @Test func enlargingRepeatsPixels() {
    var picture = Picture(width: 2, height: 1, fill: (1, 2, 3))
    picture[1, 0] = (7, 8, 9)
    let large = picture.enlarged(by: 3)
    #expect((large.width, large.height) == (6, 3))
    for y in 0..<3 {
      for x in 0..<6 { #expect(large[x, y] == picture[x / 3, 0]) }
    }
  }

  @Test func reducingTakesTheMean() {
    var picture = Picture(width: 5, height: 2, fill: (10, 20, 30))
    picture[0, 0] = (30, 20, 31)
    let small = picture.reduced(by: 2)
    #expect((small.width, small.height) == (2, 1))
    #expect(small[0, 0] == (15, 20, 30))
    #expect(small[1, 0] == (10, 20, 30))
    #expect(Picture(width: 3, height: 1, fill: (4, 5, 6)).reduced(by: 3)[0, 0] == (4, 5, 6))
  }

  @Test func captionsAreWrittenAboveTheirRows() {
    let rows = [clip(4, 32, 32), clip(4, 32, 32)]
    let plain = ContactSheet.picture(rows: rows)
    let sheet = ContactSheet.picture(rows: rows, captions: ["a red circle", ""])
    let line = PixelText("a", width: 500, scale: 2).lineHeight
    #expect(sheet.height == plain.height + line + ContactSheet.textGap)
    func ink(_ rows: Range<Int>) -> Int {
      rows.reduce(0) { sum, y in sum + (0..<sheet.width).count { sheet[$0, y] == ContactSheet.ink } }
    }
    let expected = "a red circle".reduce(0) { $0 + PixelFont.glyph($1).count { $0 } } * 4
    #expect(ink(0..<ContactSheet.margin) == 0)
    #expect(ink(ContactSheet.margin..<ContactSheet.margin + line) == expected)
  }

  @Test func longCaptionsBreakIntoLines() {
    let long = String(repeating: "many words ", count: 30)
    let sheet = ContactSheet.picture(rows: [clip(2, 32, 32)], captions: [long])
    #expect(sheet.width == ContactSheet.picture(rows: [clip(2, 32, 32)]).width)
    #expect(sheet.height > 96 + 8 * 10)
  }
}
