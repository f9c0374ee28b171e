import Foundation
import Testing
import Video

@testable import Evaluation
@testable import Report

struct ConfusionMatrixTests {
  @Test func shareIsThatOfTheRow() {
    let matrix = ConfusionMatrix(MadeUpClasses.predictions)
    #expect(matrix.names == MadeUpClasses.classes && matrix.others == 0)
    #expect(matrix.counts == [[2, 1, 0], [0, 1, 0], [0, 0, 0]])
    #expect(matrix.share(0, 1) == 1.0 / 3 && matrix.share(2, 0) == nil)
  }

  @Test func ofManyClassesThoseWithTheMostMistakesAreShown() {
    // Clips of class 5 are taken for 7, of 2 for 3; all others are right.
    let predictions = MadeUpClasses.made(
      classes: 10, [(5, 7), (5, 7), (2, 3)] + (0..<10).map { ($0, $0) })
    let matrix = ConfusionMatrix(predictions, most: 4)
    #expect(matrix.names == ["class 2", "class 5", "class 7", "7 others"] && matrix.others == 7)
    #expect(matrix.counts == [[1, 0, 0, 1], [0, 1, 2, 0], [0, 0, 1, 0], [0, 0, 0, 7]])
    #expect(ConfusionMatrix(predictions, most: 10).others == 0)
  }

  @Test func longNamesLoseTheirMiddle() {
    #expect(
      ConfusionMatrix.abbreviated("Pretending to put something into something", to: 20)
        == "Pretendin..something")
    #expect(ConfusionMatrix.abbreviated("run", to: 20) == "run")
    #expect(ConfusionMatrix.abbreviated("abcdefghijklmnopqrstu", to: 20).count == 20)
  }

  /// Cells are 30 pixels of few classes; blue on the diagonal, red beside it, grey where a class has no clips.
  @Test func coloursTellRightFromWrong() throws {
    let picture = ConfusionMatrix(MadeUpClasses.predictions).picture
    let left = ContactSheet.margin + 5 * 12 + 6
    let top = picture.height - ContactSheet.margin - 44 - 91
    func cell(_ row: Int, _ column: Int) -> (r: UInt8, g: UInt8, b: UInt8) {
      picture[left + 3 + 30 * column, top + 3 + 30 * row]
    }
    #expect(cell(1, 1) == (18, 72, 140))
    let (right, wrong, none, empty) = (cell(0, 0), cell(0, 1), cell(0, 2), cell(2, 2))
    #expect(right.b > right.r + 60 && wrong.r > wrong.b + 40 && none == (255, 255, 255))
    #expect(empty == (206, 206, 203))
  }

  /// Pictures of 13 and of 101 classes, to be looked at: VFM_LOOK names a folder for them.
  @Test(arguments: [3, 13, 40, 101, 400]) func anyNumberOfClassesIsDrawn(classes: Int) throws {
    let picture = ConfusionMatrix(MadeUpClasses.spread(classes)).picture
    let rows = min(classes, ConfusionMatrix.mostRows)
    let cell = rows <= 20 ? 30 : rows <= 45 ? 20 : 11
    #expect(picture.width > rows * cell && picture.height > rows * cell)
    #expect(picture.width < rows * cell + 420)
    if let folder = ProcessInfo.processInfo.environment["VFM_LOOK"] {
      try writePNG(picture, to: "\(folder)/confusion-\(classes).png")
    }
  }
}
