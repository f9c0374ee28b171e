import Foundation
import Testing

@testable import Tokens

struct TokenizerTests {
  @Test func bytesAreShiftedByThree() {
    let tokenizer = ByteTokenizer()
    #expect(tokenizer.encode("aé", length: 10) == [100, 198, 172, 1])
    #expect(tokenizer.encode("", length: 10) == [1])
    #expect(tokenizer.vocabularySize == 384)
    #expect(tokenizer.unknownWords(in: "anything at all") == [])
  }

  @Test func bytesAreTheIdsOfTransformers() throws {
    struct Golden: Decodable { let text: String, ids: [Int] }
    let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../Fixtures/byt5.json")
    let goldens = try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file.standardizedFileURL))
    #expect(goldens.count >= 12)
    for golden in goldens { #expect(ByteTokenizer().encode(golden.text, length: 1000) == golden.ids) }
  }

  @Test func longCaptionsAreCutAndStillEnd() {
    #expect(ByteTokenizer().encode("abc", length: 3) == [100, 101, 1])
    #expect(ByteTokenizer().encode("abc", length: 1) == [1])
    #expect(WordTokenizer(words: ["a", "b"]).encode("a b a b", length: 3) == [3, 4, 1])
  }

  @Test func wordsAreRankedByFrequencyThenAlphabet() {
    let tokenizer = WordTokenizer(captions: ["The cat's mat, the hat.", "a hat, THE end"], maximumWords: 5)
    #expect(tokenizer.words == ["the", ",", "hat", ".", "a"])
    #expect(tokenizer.vocabularySize == 8)
    #expect(
      WordTokenizer(captions: ["the end, a hat", "hat the. the", ","], maximumWords: 3).words == [
        "the", ",", "hat",
      ])
  }

  @Test func unknownWordsAreTold() {
    let tokenizer = WordTokenizer(words: ["a", "red", "circle"])
    #expect(tokenizer.encode("A red pink circle!", length: 9) == [3, 4, 2, 5, 2, 1])
    #expect(tokenizer.unknownWords(in: "A pink, pink circle") == ["pink", ","])
  }

  @Test(arguments: TokenizerKind.allCases)
  func comesBackFromItsWords(kind: TokenizerKind) {
    let tokenizer = kind.tokenizer(captions: ["a red circle", "a blue square"])
    let again = kind.tokenizer(words: tokenizer.words)
    #expect(again.kind == kind && again.vocabularySize == tokenizer.vocabularySize)
    #expect(again.encode("a blue circle", length: 8) == tokenizer.encode("a blue circle", length: 8))
  }

  @Test func newWordsComeBehindTheOldOnes() {
    let tokenizer = WordTokenizer(captions: ["a red circle", "a red square"])
    #expect(tokenizer.words == ["a", "red", "circle", "square"])
    let captions = ["a pink star!", "A cyan star", "a pink circle", "star"]
    let extended = tokenizer.extended(by: captions)
    #expect(extended.words == tokenizer.words + ["star", "pink", "!", "cyan"])
    #expect(extended == tokenizer.extended(by: captions.reversed()))
    #expect(extended.encode("a red square", length: 9) == tokenizer.encode("a red square", length: 9))
    #expect(extended.encode("a pink star", length: 9) == [3, 8, 7, 1])
    #expect(extended.unknownWords(in: "a cyan star glides") == ["glides"])
    #expect(extended.vocabularySize == tokenizer.vocabularySize + 4)
    // The limit is on what is new, however many words there are.
    #expect(tokenizer.extended(by: captions, maximumWords: 2).words == tokenizer.words + ["star", "pink"])
    #expect(tokenizer.extended(by: captions, maximumWords: 0) == tokenizer)
    #expect(tokenizer.extended(by: ["a red circle"]) == tokenizer)
  }

  @Test func whatWasAddedIsTold() {
    let tokenizer: any Tokenizer = WordTokenizer(words: ["a", "red"])
    let extended = tokenizer.extended(by: ["a cyan star", "a star"], maximumWords: 10)
    #expect(extended.addedWords(since: tokenizer) == ["star", "cyan"])
    #expect(extended.addedWords(since: extended) == [])
    // Going back, other words, and another kind are no extension.
    #expect(tokenizer.addedWords(since: extended) == nil)
    #expect(extended.addedWords(since: WordTokenizer(words: ["red", "a"])) == nil)
    #expect(extended.addedWords(since: ByteTokenizer()) == nil)
  }

  @Test func bytesNeedNoExtension() {
    let tokenizer: any Tokenizer = ByteTokenizer()
    let extended = tokenizer.extended(by: ["naïve 円"], maximumWords: 10)
    #expect(extended.vocabularySize == 384 && extended.addedWords(since: tokenizer) == [])
    #expect(extended.addedWords(since: WordTokenizer(words: [])) == nil)
  }

  @Test func batchesArePaddedToTheLongest() {
    let batch = TokenBatch(
      ["b a b", "a", ""], tokenizer: WordTokenizer(words: ["a", "b"]), maximumLength: 9)
    #expect(batch.ids == [4, 3, 4, 1, 3, 1, 0, 0, 1, 0, 0, 0])
    #expect(batch.lengths == [4, 2, 1] && batch.length == 4 && batch.count == 3)
    let padded = TokenBatch(["a"], tokenizer: WordTokenizer(words: ["a"]), maximumLength: 9, paddedTo: 4)
    #expect(padded.ids == [3, 1, 0, 0] && padded.length == 4)
  }
}
