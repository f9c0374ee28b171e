import Testing
import Video

@testable import Report

struct PixelFontTests {
  private let printable = (32..<127).map { Character(Unicode.Scalar($0)!) }

  @Test func coversPrintableASCII() {
    for character in printable {
      #expect(PixelFont.has(character))
      #expect(PixelFont.glyph(character).count == PixelFont.width * PixelFont.height)
      #expect(PixelFont.glyph(character).contains(true) == (character != " "), "\(character)")
    }
  }

  @Test func noTwoCharactersLookTheSame() {
    #expect(Set((printable + ["日"]).map(PixelFont.glyph)).count == printable.count + 1)
  }

  @Test(arguments: [("é", "e"), ("Ö", "O"), ("ñ", "n"), ("’", "'"), ("“", "\""), ("—", "-"), ("×", "x")])
  func accentsAndTypographyBecomePlain(_ character: Character, _ plain: Character) {
    #expect(PixelFont.has(character))
    #expect(PixelFont.glyph(character) == PixelFont.glyph(plain))
  }

  @Test(arguments: ["日", "🎈", "\u{7F}", "\u{1}"] as [Character])
  func theRestIsABox(_ character: Character) {
    #expect(!PixelFont.has(character))
    #expect(PixelFont.glyph(character).count { $0 } == 20)
  }

  @Test func theLetterLHasItsShape() {
    let rows = (0..<PixelFont.height).map { y in
      PixelFont.glyph("L")[y * PixelFont.width..<(y + 1) * PixelFont.width].map { $0 ? "#" : "." }.joined()
    }
    #expect(rows == [String](repeating: "#....", count: 6) + ["#####", "....."])
  }
}

struct PixelTextTests {
  @Test func breaksAtSpaces() {
    // 12 letters of 6 pixels; the last needs no space behind it.
    #expect(PixelText("the quick brown fox", width: 71, scale: 1).lines == ["the quick", "brown fox"])
    #expect(PixelText("  the   quick\n", width: 1000, scale: 1).lines == ["the quick"])
    #expect(PixelText("", width: 100, scale: 1).lines.isEmpty)
  }

  @Test func breaksLongWordsInside() {
    #expect(
      PixelText("ab incomprehensible", width: 36, scale: 1).lines == ["ab", "incomp", "rehens", "ible"])
    #expect(PixelText("abc", width: 1, scale: 4).lines == ["a", "b", "c"])
  }

  @Test func drawingBeyondTheEdgeIsLeftOut() {
    var picture = Picture(width: 8, height: 4, fill: (255, 255, 255))
    PixelText("LL", width: 100, scale: 1).draw(into: &picture, x: 1, y: 0, ink: (0, 0, 0))
    #expect(picture[1, 0] == (0, 0, 0))
    #expect(picture[7, 3] == (0, 0, 0))
    #expect(picture[2, 0] == (255, 255, 255))
  }
}
