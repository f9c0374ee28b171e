import Testing

@testable import Tokens

struct CutCaptionsTests {
  @Test func countsThoseThatAreLonger() {
    let captions = ["1234567", "12345678", "é", "", "1234567890"]
    let cut = CutCaptions(captions, ByteTokenizer(), limit: 8)
    #expect(cut.count == 5 && cut.longer == 2 && cut.longest == 11)
    #expect(
      cut.note()
        == "2 of 5 captions are cut: the longest has 11 tokens, and the first 8 are read (tokenizer.length)")
    #expect(CutCaptions(captions, ByteTokenizer(), limit: 11).note() == nil)
    #expect(CutCaptions([], ByteTokenizer(), limit: 2).note() == nil)
    let words = CutCaptions(["one, two three"], WordTokenizer(words: []), limit: 4)
    #expect(
      words.note("prompts")
        == "1 of 1 prompts is cut: the longest has 5 tokens, and the first 4 are read (tokenizer.length)")
  }
}
